import os
import subprocess

PATH = "{}"
COMMANDS = {
    "ruby": ["ruby", "-rjson", "-e", "puts JSON.dump(File.read(ARGV[0]))", PATH],
    "php": ["php", "-r", "echo json_encode(file($argv[1]) ?: exit(1));", PATH],
    "perl": ["perl", "-e", "open(my $file, '<', $ARGV[0]) or die; print uc <$file>", PATH],
    "ffmpeg": f"ffmpeg -loglevel error -f rawvideo -s 8x1 -pix_fmt gray -i {PATH} -f md5 -".split(),
    "convert-im6.q16": f"convert-im6.q16 -size 8x1 -depth 8 gray:{PATH} -resize 4x2! txt:-".split(),
    "node": [
        "node",
        "-e",
        "console.log(require('fs').readFileSync(process.argv[1], 'utf8'))",
        PATH,
    ],
}


def handler(event):
    path = f"{os.environ['WORLD']}/{event['file']}"
    command = [word.replace(PATH, path) for word in COMMANDS[os.environ["PROGRAM"]]]
    done = subprocess.run(command, capture_output=True, timeout=20)
    if done.returncode:
        raise RuntimeError(done.stderr.decode()[-300:])
    return done.stdout.decode()
