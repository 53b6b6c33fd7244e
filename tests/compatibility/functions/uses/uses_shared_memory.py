import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import shared_memory


def read(path):
    with open(path) as file:
        return file.read()


def added(counter, lock, queue):
    for _ in range(100):
        with lock:
            counter.value += 1
    queue.put("added")


def filled(name):
    memory = shared_memory.SharedMemory(name)
    memory.buf[:5] = b"child"
    memory.close()


def by(way, path):
    context = multiprocessing.get_context(way)
    queue, counter, lock = context.Queue(), context.Value("i", 0), context.Lock()
    started = [context.Process(target=added, args=(counter, lock, queue)) for _ in range(2)]
    for one in started:
        one.start()
    told = [queue.get(timeout=20) for _ in started]
    for one in started:
        one.join()
    with context.Pool(2) as pool:
        texts = pool.map(read, [path] * 3)
    return [told, counter.value, texts]


def handler(event):
    path = f"{os.environ['WORLD']}/{event['file']}"
    memory = shared_memory.SharedMemory(create=True, size=100)
    child = multiprocessing.get_context("fork").Process(target=filled, args=(memory.name,))
    child.start()
    child.join()
    found = bytes(memory.buf[:5]).decode()
    memory.close()
    memory.unlink()
    with ProcessPoolExecutor(2) as pool:
        submitted = pool.submit(read, path).result()
    return [{way: by(way, path) for way in ("fork", "spawn", "forkserver")}, submitted, found]
