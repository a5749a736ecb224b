"""``python -m app.demo.code KEY``: the code that an authenticator app would show at this moment.

For whoever tries Teduh with the printed logins and has no telephone at hand.
"""

import sys

from app.accounts import one_time_codes
from tenants.clock import now


def main() -> int:
    """Print the code of the key on the command line."""
    try:
        (key,) = sys.argv[1:]
        secret = one_time_codes.read(key)
    except ValueError:
        sys.stderr.write("usage: python -m app.demo.code KEY (as printed beside the login)\n")
        return 2
    sys.stdout.write(one_time_codes.code_at(secret, one_time_codes.step_at(now())) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
