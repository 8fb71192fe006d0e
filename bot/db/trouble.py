"""Why a database cannot be used, said so that whoever runs the service can mend it. Names no password."""

from __future__ import annotations

import asyncpg
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

#: What using a database can raise. asyncpg's own errors come through bare while a connection is made.
TROUBLES = (SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError)

_SQLITE = {
    "readonly": "数据库文件不能写:检查文件和所在文件夹的权限",
    "unable to open": "数据库文件打不开:检查路径和所在文件夹的权限",
    "not a database": "这个文件不是 SQLite 数据库:检查 DATABASE_URL 的路径",
    "malformed": "数据库文件坏了:用备份恢复",
    "locked": "数据库一直被别的程序占着:停掉另一个在用它的程序",
    "disk": "磁盘满了或读写出错:检查磁盘",
}


def place(url: str) -> str:
    """Where the database is, without user and password."""
    parts = make_url(url)
    if parts.host is None:
        return f"SQLite {parts.database}"
    return f"PostgreSQL {parts.host}:{parts.port or 5432}/{parts.database}"


def explain(error: BaseException) -> str:
    """What is wrong and what to do, in Chinese, for one of TROUBLES."""
    match error:
        case asyncpg.InvalidAuthorizationSpecificationError():
            return "数据库的用户名或密码不对:核对 DATABASE_URL(密码里的 @ : / # 要写成 %40 %3A %2F %23)"
        case asyncpg.InvalidCatalogNameError():
            return "没有这个数据库:先在 PostgreSQL 里建好,或改 DATABASE_URL 末尾的库名"
        case asyncpg.InsufficientPrivilegeError():
            return "这个用户没有权限:让数据库管理员把库的所有权交给它"
        case asyncpg.TooManyConnectionsError():
            return "数据库的连接数满了:调大 max_connections,或停掉不用的程序"
        case asyncpg.CannotConnectNowError():
            return "数据库正在启动或关闭,等一会儿再试"
        case DBAPIError() if error.orig is not None:
            return _explain_cause(error)
        case TimeoutError():
            return "数据库一直没有回答:检查地址、防火墙和数据库的负载"
        case OSError():
            return "连不上数据库:检查 DATABASE_URL 里的地址和端口,数据库是否在运行"
    return f"数据库出错({type(error).__name__})"


def _explain_cause(error: DBAPIError) -> str:
    cause = error.orig.__cause__ if error.orig is not None else None
    if isinstance(cause, asyncpg.PostgresError | OSError):
        return explain(cause)
    said = str(error.orig)
    hint = next((hint for word, hint in _SQLITE.items() if word in said), "")
    return hint or f"数据库出错({type(error.orig).__name__})"
