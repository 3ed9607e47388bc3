"""`python -m agent` is `zohosync`."""

from agent.cli import main

if __name__ == "__main__":
    main()
