import os
import subprocess

PATH = "{}"
COMMANDS = {
    "ruby": ["ruby", "-rjson", "-e", "puts JSON.dump(File.read(ARGV[0]))", PATH],
    "php": ["php", "-r", "echo json_encode(file($argv[1]) ?: exit(1));", PATH],
    "perl": ["perl", "-e", "open(my $file, '<', $ARGV[0]) or die; print uc <$file>", PATH],
    "ffmpeg": f"ffmpeg -loglevel error -f rawvideo -s 8x1 -pix_fmt gray -i {PATH} -f md5 -".split(),
    "node": [
        "node",
        "-e",
        "console.log(require('fs').readFileSync(process.argv[1], 'utf8'))",
        PATH,
    ],
}


def handler(event):
    path = f"{os.environ['WORLD']}/{event['file']}"
    command = [path if word == PATH else word for word in COMMANDS[os.environ["PROGRAM"]]]
    done = subprocess.run(command, capture_output=True, timeout=20)
    if done.returncode:
        raise RuntimeError(done.stderr.decode()[-300:])
    return done.stdout.decode()
