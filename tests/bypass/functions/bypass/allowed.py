"""What a pickle asks for: the policy lists it."""


class Mark:
    def __init__(self, path):
        open(path, "w").close()
