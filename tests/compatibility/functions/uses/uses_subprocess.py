import os
import signal
import subprocess

COMMANDS = {"usual": ["sort"], "mark": ["touch", f"{os.environ['WORLD']}/mark"]}


def handler(event):
    world = os.environ["WORLD"]
    done = subprocess.run(
        COMMANDS[event["act"]], input="b\na\n", text=True, capture_output=True, check=True
    )
    shell = subprocess.check_output(
        "printf 'c\\nd\\n' | sort -r | tr a-z A-Z", shell=True, text=True
    )
    first = subprocess.Popen(["seq", "20000"], stdout=subprocess.PIPE)
    second = subprocess.Popen(["wc", "-l"], stdin=first.stdout, stdout=subprocess.PIPE)
    first.stdout.close()
    piped = second.communicate()[0].decode().strip()
    first.wait()
    quiet = subprocess.run(
        ["env"], env={"ONLY": "this"}, cwd=world, capture_output=True, text=True
    ).stdout
    asleep = subprocess.Popen(["sleep", "60"], start_new_session=True)
    try:
        asleep.wait(0.05)
    except subprocess.TimeoutExpired:
        os.killpg(asleep.pid, signal.SIGTERM)
    with open(f"{world}/out", "w+") as out:
        subprocess.check_call(
            ["sh", "-c", "pwd; exit 0"], cwd="/", stdout=out, preexec_fn=os.setsid
        )
        out.seek(0)
        written = out.read()
    return [
        done.stdout,
        shell,
        piped,
        "ONLY=this" in quiet.splitlines(),
        asleep.wait(),
        written,
        os.system("exit 3"),
    ]
