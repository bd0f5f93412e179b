"""Send requests over some connections as fast as they are answered, for a while.

    python bench/serving_load.py PORT CONNECTIONS SECONDS BODIES.jsonl

Each line of the file is one body; they are sent in turns, so that no row repeats while
it is still in a processor's cache. Prints one line of JSON. On one core it can send
and read about 20,000 small requests a second.
"""

import asyncio
import itertools
import json
import sys
import time
from pathlib import Path

import uvloop

HEAD = (
    "POST /invocations HTTP/1.1\r\nhost: 127.0.0.1\r\n"
    "content-type: application/json\r\ncontent-length: {}\r\n\r\n"
)


class Client(asyncio.Protocol):
    """One connection: a request, its answer, the next request."""

    def __init__(self, requests, until, tally):
        self._requests, self._until, self._tally = requests, until, tally
        self.ended = asyncio.get_running_loop().create_future()

    def connection_made(self, transport):
        """Send the first request."""
        self._transport, self._answer = transport, b""
        self._send()

    def _send(self):
        self._sent_at = time.perf_counter()
        self._transport.write(next(self._requests))

    def data_received(self, data):
        """Note an answer that is whole, and send the next request."""
        self._answer += data
        end = self._answer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self._answer[:end].lower()
        length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
        if len(self._answer) < end + 4 + length:
            return
        now = time.perf_counter()
        self._tally["seconds"].append(now - self._sent_at)
        self._tally["failed"] += not head.startswith(b"http/1.1 200")
        self._answer = b""
        if now >= self._until or b"connection: close" in head:
            self._transport.close()
        else:
            self._send()

    def connection_lost(self, error):
        """Note how it ended."""
        self._tally["lost"] += error is not None
        self.ended.set_result(None)


async def load(port, connections, seconds, bodies):
    requests = itertools.cycle([HEAD.format(len(b)).encode() + b for b in bodies])
    tally = {"seconds": [], "failed": 0, "lost": 0}
    start = time.perf_counter()
    clients = [
        (
            await asyncio.get_running_loop().create_connection(
                lambda: Client(requests, start + seconds, tally), "127.0.0.1", port
            )
        )[1]
        for _ in range(connections)
    ]
    await asyncio.gather(*(client.ended for client in clients))
    return tally, time.perf_counter() - start


def main():
    port, connections, seconds, path = sys.argv[1:]
    bodies = Path(path).read_bytes().splitlines()
    work = load(int(port), int(connections), float(seconds), bodies)
    tally, elapsed = uvloop.run(work)
    times = sorted(tally["seconds"])
    print(
        json.dumps(
            {
                "per_second": len(times) / elapsed,
                "p50_ms": 1000 * times[len(times) // 2],
                "p99_ms": 1000 * times[int(len(times) * 0.99)],
                "failed": tally["failed"],
                "lost": tally["lost"],
            }
        )
    )


if __name__ == "__main__":
    main()
