"""``python -m msp_audit``."""

from msp_audit.cli import main

if __name__ == "__main__":
    main()
