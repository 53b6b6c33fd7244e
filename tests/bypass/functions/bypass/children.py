"""What listed programs do for the function: the guard sees their start, and what a shell is told."""

import glob
import multiprocessing.util
import os
import subprocess
import sys

from relay import wait


def loader():
    """The dynamic loader, which starts programs that it is given."""
    return (glob.glob("/lib64/ld-linux-*.so.*") + glob.glob("/lib/ld-linux-*.so.*"))[0]


def perl_system(to):
    subprocess.run(["perl", "-e", "exec @ARGV", to.program], check=True)


def awk_system(to):
    subprocess.run(["awk", f'BEGIN {{ exit system("{to.program}") }}'], check=True)


def python_child(to):
    subprocess.run([python(), "-c", f"import os; os.system({to.program!r})"], check=True)


def isolated_python_child(to):
    code = f"import os; os.system({to.program!r})"
    subprocess.run([python(), "-S", "-E", "-I", "-c", code], check=True)


def python():
    return sys.executable or "/var/lang/bin/python3"


def shell_standard_input(to):
    subprocess.run(["sh"], input=to.program.encode(), check=True)


def shell_script(to):
    with open(to.path + ".script", "w") as script:
        script.write(to.program)
    subprocess.run(["sh", to.path + ".script"], check=True)


def bash_command(to):
    subprocess.run(["bash", "-c", f"true && {to.program}"], check=True)


def with_clean_environment(to):
    subprocess.run(["env", "-i", to.program], check=True)


def empty_environment(to):
    subprocess.run([to.program], env={}, check=True)


def grandchild_with_clean_environment(to):
    subprocess.run(["perl", "-e", "%ENV = (); exec @ARGV", to.program], check=True)


def through_find(to):
    subprocess.run(["find", to.program, "-exec", "{}", ";"], check=True)


def through_xargs(to):
    subprocess.run(["xargs", "-n1", "env"], input=to.program.encode(), check=True)


def through_loader(to):
    subprocess.run([loader(), to.binary, to.mark], check=True)


def preloaded_by_loader(to):
    subprocess.run([loader(), "--preload", to.library, "/bin/true"], check=True)


def preloaded_by_environment(to):
    os.environ["LD_PRELOAD"] = to.library
    try:
        subprocess.run(["/bin/true"], check=True)
    finally:
        del os.environ["LD_PRELOAD"]


def preloaded_by_argument(to):
    subprocess.run(["/bin/true"], env={"LD_PRELOAD": to.library}, check=True)


def preloaded_after_forged_start(to):
    """An event tells of the same start without the library; the call that carries it out is told of once more."""
    words = ["/bin/true"]
    sys.audit("subprocess.Popen", words[0], words, None, None)
    os.environ["LD_PRELOAD"] = to.library
    try:
        wait(multiprocessing.util.spawnv_passfds(words[0].encode(), [words[0].encode()], ()))
    finally:
        del os.environ["LD_PRELOAD"]


def preloaded_by_spawn(to):
    child = os.posix_spawn("/bin/true", ["true"], {"LD_PRELOAD": to.library})
    os.waitpid(child, 0)


def audited_by_environment(to):
    subprocess.run(["/bin/true"], env={"LD_AUDIT": to.library}, check=True)


def child_writes(to):
    subprocess.run([python(), "-c", f"open({to.mark!r}, 'w')"], check=True)


def shell_redirects(to):
    subprocess.run(["sh", "-c", f": > {to.mark}"], check=True)


def child_copies(to):
    subprocess.run(["cp", to.secret, to.mark], check=True)


def static_child_writes(to):
    subprocess.run([to.static], check=True)


def bash_connects(to):
    subprocess.run(["bash", "-c", f": > /dev/tcp/{to.address}/{to.port}"], check=True)


def perl_connects(to):
    code = "use IO::Socket; IO::Socket::INET->new($ARGV[0]) or die $!"
    subprocess.run(["perl", "-e", code, f"{to.address}:{to.port}"], check=True)


def python_connects(to):
    code = f"import socket; socket.create_connection({(to.address, to.port)!r})"
    subprocess.run([python(), "-c", code], check=True)
