"""`python -m ops.demo`."""

import sys

from ops.demo import main

sys.exit(main(sys.argv[1:]))
