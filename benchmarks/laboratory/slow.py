"""
Clients that keep a connection open and hardly say anything, in a process of their own.

``python -m benchmarks.laboratory.slow PORT COUNT`` keeps COUNT of them open until a line comes, or
the end of its input; then it prints how many are. Half say nothing, half a byte every ten seconds.
"""

from __future__ import annotations

import asyncio
import random
import sys

from akunsub.pixel.open_files import raise_open_files

_BEGINNING = b"POST /unsub/confirm HTTP/1.1\r\nHost: slow.example\r\nX-Slow: "
_BETWEEN_BYTES_S = 10
_AT_ONCE = 200
_OPENED_IN_S = 15


async def be_slow(port: int, number: int, opened: set[int], gate: asyncio.Semaphore) -> None:
    """Stay connected, whatever the server does about it."""
    # Over a while: a server that ends those who are too slow would end all of them at once.
    await asyncio.sleep(random.uniform(0, _OPENED_IN_S))  # noqa: S311 (no secret)
    while True:
        try:
            async with gate:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
            opened.add(number)
            if number % 2:
                writer.write(_BEGINNING)
            asleep = asyncio.create_task(reader.read())
            # How it ended is of no interest, and asyncio tells all that nobody asked for.
            asleep.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
            while not asleep.done():
                await asyncio.wait([asleep], timeout=_BETWEEN_BYTES_S)
                if number % 2:
                    writer.write(b"x")
            writer.close()
        except OSError:
            await asyncio.sleep(1)
        finally:
            opened.discard(number)


async def main(port: int, count: int) -> None:
    """Keep *count* of them."""
    raise_open_files()
    opened: set[int] = set()
    gate = asyncio.Semaphore(_AT_ONCE)
    clients = [asyncio.create_task(be_slow(port, number, opened, gate)) for number in range(count)]
    loop = asyncio.get_running_loop()
    while await loop.run_in_executor(None, sys.stdin.readline):
        sys.stdout.write(f"{len(opened)}\n")
        sys.stdout.flush()
    for client in clients:
        client.cancel()
    await asyncio.gather(*clients, return_exceptions=True)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
