import io
import os
import shlex
import shutil

from PIL import Image, ImageDraw, ImageFilter, ImageFont, ImageShow

COMMANDS = {"usual": "cat", "mark": f"touch {os.environ['WORLD']}/mark"}


class Viewer(ImageShow.UnixViewer):
    def get_command_ex(self, file, **options):
        return options["command"], "cat"

    def get_command(self, file, **options):
        return f"{options['command']} {shlex.quote(file)} >/dev/null"


def handler(event):
    picture = Image.new("RGB", (320, 200), "navy")
    draw = ImageDraw.Draw(picture)
    draw.ellipse((20, 20, 180, 180), fill="white")
    draw.text((30, 90), "Hauberk", font=ImageFont.load_default(20), fill="red")
    sizes = {}
    for form in ("PNG", "JPEG", "WEBP", "GIF", "TIFF", "PDF"):
        to = io.BytesIO()
        picture.save(to, form)
        sizes[form] = to.tell() > 100
    world = os.environ["WORLD"]
    picture.filter(ImageFilter.GaussianBlur(2)).save(f"{world}/blurred.png")
    small = Image.open(f"{world}/blurred.png")
    small.thumbnail((32, 32))
    drawn = None
    if shutil.which("gs"):
        picture.save(f"{world}/picture.eps")
        vector = Image.open(f"{world}/picture.eps")
        vector.load(scale=2)  # starts Ghostscript
        drawn = [vector.size, vector.convert("RGB").getpixel((20, 20))]
    Viewer().show(picture, command=COMMANDS[event["act"]])
    return [sizes, small.size, drawn]
