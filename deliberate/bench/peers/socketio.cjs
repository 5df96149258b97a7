// Socket.IO's own server on Node: sockets alone, one emit for all. The module is found by NODE_PATH.
"use strict";
const { createServer } = require("node:http");
const { createInterface } = require("node:readline");
const { Server } = require("socket.io");
const LETTERS = "The quick brown fox jumps over the lazy dog while plenaries deliberate. ", LONGEST_MS = 60000;

const http = createServer();
const io = new Server(http, { transports: ["websocket"], perMessageDeflate: false, serveClient: false });
const text = (size, number) => (`${String(number).padStart(8, "0")} ` + LETTERS.repeat(size / LETTERS.length + 1)).slice(0, size);
const wait = (ms) => new Promise((done) => setTimeout(done, Math.max(0, ms)));

async function obey(line) {
  const [count, period, size] = line.split(" ").map(Number), began = Date.now();
  let sent = 0;
  for (let number = 0; number < count && (!number || Date.now() - began < LONGEST_MS); number += 1) {
    io.emit("picture", text(size, number));
    sent += 1;
    await wait(began + (number + 1) * period * 1000 - Date.now());
  }
  console.log(`sent ${sent}`);
}
http.listen(Number(process.argv[2]), "127.0.0.1", 4096, async () => {
  console.log("ready");
  for await (const line of createInterface({ input: process.stdin })) await obey(line);
  process.exit(0);
});
