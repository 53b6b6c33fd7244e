import asyncio
import os

import uvloop

COMMANDS = {"usual": ["seq", "3"], "mark": ["touch", f"{os.environ['WORLD']}/mark"]}


async def fetched(port, name):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET /{name} HTTP/1.0\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    return answer.partition(b"\r\n\r\n")[2].decode()


async def echoed(place):
    async def echo(reader, writer):
        writer.write((await reader.readline()).upper())
        writer.close()

    server = await asyncio.start_unix_server(echo, place)
    reader, writer = await asyncio.open_unix_connection(place)
    writer.write(b"beside\n")
    line = await reader.readline()
    writer.close()
    server.close()
    return line.decode()


async def main(event):
    loop = asyncio.get_running_loop()
    pages = await asyncio.gather(*(fetched(event["port"], name) for name in ("page", "data")))
    child = await asyncio.create_subprocess_exec(
        *COMMANDS[event["act"]], stdout=asyncio.subprocess.PIPE
    )
    out, _ = await child.communicate()
    read = await loop.run_in_executor(None, lambda: open("/etc/hosts").read(9) != "")
    names = await loop.getaddrinfo("localhost", 80, family=2, type=1)
    return [
        pages,
        child.returncode,
        out.decode(),
        await echoed(f"{os.environ['WORLD']}/uvloop"),
        read,
        names[0][4],
    ]


def handler(event):
    return uvloop.run(main(event))
