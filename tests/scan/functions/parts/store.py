import os


class Store:
    def __init__(self, folder):
        self.folder = folder
        os.makedirs(folder, exist_ok=True)

    def save(self, name):
        with open(os.path.join(self.folder, f"{name}.dat"), "w") as file:
            file.write(name)
