"""Database servers in the code: which are told, and of which is told that they are not known."""

import pytest

from hauberk.scan import opened, scan

URL = "postgres://u:secret-of-u@db1.example.com:6543/x"
KNOWN = [
    # the imports and the call                                                           what is told
    (
        "import psycopg2\npsycopg2.connect('postgres://u:p@db1.example.com/x')",
        "host resolve db1.example.com exact",
    ),
    (
        "import psycopg2\npsycopg2.connect('postgresql://db1.example.com:5433,db2.example.com/x')",
        "host resolve db1.example.com exact, host resolve db2.example.com exact",
    ),
    (
        "import psycopg\npsycopg.connect('host=db3.example.com port=5432 user=x')",
        "host resolve db3.example.com exact",
    ),
    (
        "import psycopg\npsycopg.connect(\"user=x password='a host=b' host = 'db3.example.com'\")",
        "host resolve db3.example.com exact",
    ),
    (
        "import psycopg\npsycopg.connect('host=10.0.0.5 port=6432')",
        "address connect 10.0.0.5:6432 exact",
    ),
    ("import psycopg\npsycopg.connect('hostaddr=10.0.0.5')", "address connect 10.0.0.5:5432 exact"),
    (
        "import psycopg\npsycopg.connect('host=/var/run/pg dbname=x')",
        "address connect unix:/var/run/pg/.s.PGSQL.5432 exact",
    ),
    (
        "import psycopg\npsycopg.connect('postgresql:///x?host=db4.example.com')",
        "host resolve db4.example.com exact",
    ),
    (
        "import psycopg\npsycopg.connect('postgresql://u:p%40w@[fd00::1]:5433/x')",
        "address connect [fd00::1]:5433 exact",
    ),
    (
        "import psycopg\npsycopg.connect(host='db5.example.com', dbname='x')",
        "host resolve db5.example.com exact",
    ),
    (
        "import psycopg\npsycopg.connect('dbname=x', host='10.0.0.5', port=6432)",
        "address connect 10.0.0.5:6432 exact",
    ),
    (
        "import psycopg\npsycopg.AsyncConnection.connect(conninfo='host=db6.example.com')",
        "host resolve db6.example.com exact",
    ),
    (
        "from psycopg2.pool import SimpleConnectionPool\nSimpleConnectionPool(1, 2, 'host=db7.example.com')",
        "host resolve db7.example.com exact",
    ),
    (
        "import asyncpg\nasyncpg.connect('postgres://db8.example.com/x')",
        "host resolve db8.example.com exact",
    ),
    (
        "import asyncpg\nasyncpg.create_pool(dsn='postgres://db8.example.com/x')",
        "host resolve db8.example.com exact",
    ),
    (
        "import pymysql\npymysql.connect(host='my1.example.com', user='u')",
        "host resolve my1.example.com exact",
    ),
    (
        "import pymysql\npymysql.connect('my1.example.com', 'u')",
        "host resolve my1.example.com exact",
    ),
    (
        "import MySQLdb\nMySQLdb.connect('my2.example.com', 'u')",
        "host resolve my2.example.com exact",
    ),
    ("import MySQLdb\nMySQLdb.connect(host='10.0.0.6')", "address connect 10.0.0.6:3306 exact"),
    (
        "import mysql.connector\nmysql.connector.connect(host='my3.example.com')",
        "host resolve my3.example.com exact",
    ),
    (
        "import mysql.connector\nmysql.connector.connect(**{'host': 'my3.example.com'})",
        "host resolve my3.example.com exact",
    ),
    ("import pymysql\npymysql.connect(host='localhost')", ""),
    ("import pymysql\npymysql.connect(user='u')", ""),
    (
        "import pymssql\npymssql.connect(server='ms.example.com')",
        "host resolve ms.example.com exact",
    ),
    (
        "import oracledb\noracledb.connect(user='u', password='p', dsn='ora.example.com:1521/orders')",
        "host resolve ora.example.com exact",
    ),
    (
        "import oracledb\noracledb.connect(dsn='(DESCRIPTION=(ADDRESS=(PROTOCOL=TCP)(HOST=10.0.0.7)(PORT=1522)))')",
        "address connect 10.0.0.7:1522 exact",
    ),
    (
        "from sqlalchemy import create_engine\ncreate_engine('postgresql+psycopg://u:p@db9.example.com/x')",
        "host resolve db9.example.com exact",
    ),
    (
        "import sqlalchemy as sa\nsa.create_engine('mysql+pymysql://u:p@10.0.0.8/x')",
        "address connect 10.0.0.8:3306 exact",
    ),
    (
        "import sqlalchemy as sa\nsa.create_engine(sa.make_url('mysql://db9.example.com/x'))",
        "host resolve db9.example.com exact",
    ),
    (
        "import sqlalchemy as sa\nsa.create_engine(sa.URL.create('postgresql', 'u', 'p', host='db9.example.com'))",
        "host resolve db9.example.com exact",
    ),
    (
        "import sqlalchemy as sa\nsa.create_engine('sqlite:////tmp/a.db')",
        "file delete /tmp/a.db-journal exact, file write /tmp/a.db exact, file write /tmp/a.db-journal exact",
    ),
    ("import sqlalchemy as sa\nsa.create_engine('sqlite://')", ""),
    (
        "import os, psycopg\npsycopg.connect(os.environ['URL'])",
        "host resolve db1.example.com exact",
    ),
    (
        "import os, sqlalchemy\nsqlalchemy.create_engine(os.environ['URL'].replace('postgres://', 'postgresql://'))",
        "host resolve db1.example.com exact",
    ),
    (
        "import os, psycopg\npsycopg.connect(f\"host={os.environ['HOST']} user=u\")",
        "host resolve db2.example.com exact",
    ),
    (
        "import os, psycopg\npsycopg.connect(f\"postgres://u:{os.environ['PW']}@db3.example.com/x\")",
        "host resolve db3.example.com exact",
    ),
    (
        "import os, psycopg\npsycopg.connect(f\"host=db3.example.com password={os.environ['PW']}\")",
        "host resolve db3.example.com exact",
    ),
    (
        "import os, psycopg\npsycopg.connect(f\"host={os.environ['TENANT']}.example.com\")",
        "host resolve *.example.com partly",
    ),
]
UNKNOWN = [
    # the imports and the call                                               what is told to be unknown
    (
        "import os, psycopg2\npsycopg2.connect(os.environ['NONE'])",
        "a database that is not known: $NONE",
    ),
    (
        "import os, psycopg2\npsycopg2.connect(dsn=os.environ['NONE'])",
        "a database that is not known: $NONE",
    ),
    (
        "import os, psycopg\npsycopg.connect(f\"host={os.environ['NONE']}\")",
        "a host that is not known: $NONE",
    ),
    ("import psycopg\npsycopg.connect('dbname=x')", "a database whose host the call does not name"),
    (
        "import psycopg\npsycopg.connect('service=orders')",
        "a database whose host the call does not name",
    ),
    ("import psycopg\npsycopg.connect()", "a database whose host the call does not name"),
    ("import psycopg\npsycopg.connect(**load())", "a database that is not known"),
    ("import pymysql\npymysql.connect(**load())", "a database that is not known"),
    ("import pymysql\npymysql.connect(host=load())", "a host that is not known"),
    (
        "import oracledb\noracledb.connect(user='u', dsn='orders')",
        "a database whose host the call does not name",
    ),
    ("import sqlalchemy\nsqlalchemy.create_engine(load())", "a database that is not known"),
    (
        "import sqlalchemy\nsqlalchemy.create_engine('bigquery://orders')",
        "a database that is not known",
    ),
    (
        "import sqlalchemy\nsqlalchemy.create_engine('mssql+pyodbc:///?odbc_connect=x')",
        "a database whose host the call does not name",
    ),
]
VARIABLES = {"URL": URL, "HOST": "db2.example.com"}


@pytest.fixture
def read(tmp_path):
    def read(code):
        *imports, call = code.split("\n")
        before = "\n".join(imports)
        (tmp_path / "app.py").write_text(f"{before}\ndef handler(event, context):\n    {call}\n")
        found = scan(opened(tmp_path), "app.handler", VARIABLES)
        told = [one for one in found.findings if one.sure != "named"]
        acts = ", ".join(f"{one.kind} {one.operation} {one.target} {one.sure}" for one in told)
        return acts, [one.what for one in found.unread if one.what != "load is not known"]

    return read


@pytest.mark.parametrize(("code", "told"), KNOWN)
def test_a_database_is_told_by_its_server(read, code, told):
    assert read(code) == (told, [])


@pytest.mark.parametrize(("code", "unknown"), UNKNOWN)
def test_a_database_that_cannot_be_read_is_told_to_be_unknown(read, code, unknown):
    assert read(code) == ("", [unknown])


def test_no_password_is_told(read):
    acts, unknown = read("import os, psycopg\npsycopg.connect(os.environ['URL'])")
    assert "secret-of-u" not in acts + str(unknown)
