"""Shell: `python -m service` is the same as `intake`."""

from service.cli import main

if __name__ == "__main__":
    main()
