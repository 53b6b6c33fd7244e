import os
from concurrent import futures

os.environ.setdefault("GRPC_VERBOSITY", "ERROR")  # it tells of what it closes now and then
import grpc


class Own(grpc.GenericRpcHandler):
    def service(self, call):
        return grpc.unary_unary_rpc_method_handler(lambda request, _: request.upper())


def handler(event):
    with grpc.insecure_channel(f"127.0.0.1:{event['port']}") as channel:
        said = channel.unary_unary("/tests.Echo/Say")(b"x" * 100_000, timeout=5)
        counted = list(channel.unary_stream("/tests.Echo/Count")(b"5", timeout=5))
    own = f"unix:{os.environ['WORLD']}/grpc.socket"
    server = grpc.server(futures.ThreadPoolExecutor(2), handlers=(Own(),))
    server.add_insecure_port(own)
    server.start()
    with grpc.insecure_channel(own) as channel:
        upper = channel.unary_unary("/own/Upper").future(b"beside", timeout=5).result()
    server.stop(1).wait()
    return [len(said), [one.decode() for one in counted], upper.decode()]
