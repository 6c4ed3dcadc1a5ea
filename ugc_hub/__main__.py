"""`ugc-hub` and `python -m ugc_hub`."""

from ugc_hub.cli.root import main

if __name__ == "__main__":
    main()
