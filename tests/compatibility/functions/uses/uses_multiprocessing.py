import multiprocessing
import os


def answered(path, pipe):
    try:
        with open(path) as file:
            pipe.send(file.read())
    except OSError as error:
        pipe.send(error)


def asked(way, path):
    context = multiprocessing.get_context(way)
    near, far = context.Pipe()
    child = context.Process(target=answered, args=(path, far))
    child.start()
    answer = near.recv()
    child.join()
    if isinstance(answer, OSError):
        raise answer
    return [answer, child.exitcode]


def handler(event):
    path = f"{os.environ['WORLD']}/{event['file']}"
    with multiprocessing.Manager() as manager:
        both = manager.dict(a=1)
        both["b"] = 2
        managed = dict(both)
    return [{way: asked(way, path) for way in ("fork", "spawn", "forkserver")}, managed]
