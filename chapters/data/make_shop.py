"""Write the shop's database to a file, to look at with a tool of your own:

    python chapters/data/make_shop.py shop.sqlite

The chapters need no file: they call `open_shop()`, which makes the same rows in memory. The rows
come from `utils/shop.py`, from a fixed seed.
"""

import argparse
from pathlib import Path

from utils.shop import open_shop, write_shop

__all__ = ["main", "open_shop", "write_shop"]


def main(arguments: list[str] | None = None) -> None:
    """Write the database to the file that the command line names.

    Raises:
        SystemExit: if there is such a file already.
    """
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", type=Path, help="the new SQLite file")
    path: Path = parser.parse_args(arguments).file
    try:
        write_shop(path)
    except FileExistsError:
        raise SystemExit(f"{path} is there already. Name another file, or remove it.") from None


if __name__ == "__main__":
    main()
