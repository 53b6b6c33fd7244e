"""What a pickle asks for: the policy does not list it."""


class Mark:
    def __init__(self, path):
        open(path, "w").close()
