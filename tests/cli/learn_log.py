"""A function's log, as `hauberk learn` gets it: normal requests, one attack, one line that is broken."""

from log_lines import activity, armed, detection

LOG = b"".join(
    [
        armed(),
        b"START RequestId: r1 Version: $LATEST\n",
        *(activity("file", "write", f"/tmp/order-{n}.pdf", request=f"r{n}") for n in range(4)),
        activity("process", "start", "/var/task/bin/thumbnail"),
        activity("api", "s3:PutObject", "*"),
        activity("address", "connect", "10.0.0.5:5432"),
        activity("address", "connect", "[::1]:80"),
        activity("address", "connect", "unix:/tmp/a*"),
        activity("process", "start", "/usr/bin/id", request="bad"),
        detection("bad"),
        b'{"hauberk": "HAUBERK1", "type": "activ\n',
    ]
)
