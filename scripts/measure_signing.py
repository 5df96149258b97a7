"""How many tokens the signer signs a second on this machine, asked for in different ways; each is verified afterwards.

python scripts/measure_signing.py [TOKENS]     500, if nothing is said
"""

from __future__ import annotations

import os
import secrets
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from polls.ballots.blind.rsabssa import PublicKey, blind, finalize, prepare  # noqa: E402
from polls.ballots.blind.signing import Signing  # noqa: E402

#: How many blinded messages stand in one question, and how many ask at the same time.
WAYS = ((500, 1), (50, 4), (8, 8), (1, 32))


def cpu_s(pid: int) -> float:
    """Seconds of CPU that a process has used. Linux."""
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def asked_for(signing: Signing, blinded: list[bytes], many: int, at_once: int) -> tuple[float, list[bytes | None]]:
    """Seconds until all are signed, and the signatures."""
    questions = [blinded[start : start + many] for start in range(0, len(blinded), many)]
    begun = time.perf_counter()
    with ThreadPoolExecutor(at_once) as threads:
        answers = list(threads.map(lambda each: signing.sign("poll", "g1", each), questions))
    return time.perf_counter() - begun, [each for answer in answers for each in answer]


def main(tokens: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        signing = Signing(Path(folder) / "signer", Path(folder) / "keys", secrets.token_bytes(32), 0)
        begun = time.perf_counter()
        signing.status()
        started = time.perf_counter()
        key = PublicKey.of(signing.take("poll", "g1"))
        taken = time.perf_counter()
        print(f"start {started - begun:.2f} s, a key that was not in the pool {taken - started:.2f} s")
        prepared = [prepare(number.to_bytes(8)) for number in range(tokens)]
        blinded = [blind(key, each) for each in prepared]
        load = os.getloadavg()[0]
        print(f"{tokens} tokens, {os.cpu_count()} cores, load before {load:.1f}")
        pid = signing.status().pid
        for many, at_once in WAYS:
            used = cpu_s(pid)
            took, answers = asked_for(signing, [each for each, _inverse in blinded], many, at_once)
            used = cpu_s(pid) - used
            for message, (_blinded, inverse), answer in zip(prepared, blinded, answers, strict=True):
                assert answer is not None
                finalize(key, message, answer, inverse)
            print(
                f"{many:>4} a question, {at_once:>2} at once: {took:.2f} s, {tokens / took:.0f} a second, {1000 * used / tokens:.1f} ms of CPU a token"
            )
        signing.forget("poll")
        signing.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500)
