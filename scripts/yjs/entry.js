// What pads.js takes of Yjs. Bundled into frontend/static/vendor/ by scripts/vendor_yjs.sh.
export {
  Doc, UndoManager, applyUpdate, createAbsolutePositionFromRelativePosition, createRelativePositionFromTypeIndex,
  decodeRelativePosition, encodeRelativePosition, encodeStateVector, mergeUpdates,
} from "yjs";
export { readSyncMessage, writeSyncStep1, writeUpdate } from "y-protocols/sync";
export { createEncoder, length, toUint8Array, writeVarUint } from "lib0/encoding";
export { createDecoder, hasContent, readVarUint } from "lib0/decoding";
export { fromBase64, toBase64 } from "lib0/buffer";
