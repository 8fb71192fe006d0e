"""How the pretend platform says no, and the codes it says it with."""

from __future__ import annotations

from enum import IntEnum


class Code(IntEnum):
    """WeCom's errcodes that the sandbox answers with (global error table, `facts/wecom.md` §2.12, §3.2, §4.1)."""

    BUSY = -1
    BAD_SECRET = 40001
    BAD_USERID = 40003
    BAD_MEDIA_ID = 40007
    BAD_MSGTYPE = 40008
    BAD_CORPID = 40013
    BAD_TOKEN = 40014
    BAD_AGENTID = 40056
    BAD_PARAMETER = 40058
    BAD_EXTERNAL_USERID = 40096
    NO_TOKEN = 41001
    NO_CORPID = 41002
    NO_SECRET = 41004
    NO_MEDIA_ID = 41006
    NO_AGENTID = 41011
    NO_TITLE = 41016
    TOKEN_EXPIRED = 42001
    BAD_TASK_ID = 42014
    UNKNOWN_TASK_ID = 42016
    NO_BUTTON_NAME = 42020
    NO_KEYNAME = 42027
    NO_URL = 42028
    NO_CARD_MEDIA_ID = 42029
    NO_APPID = 42030
    BAD_CARD_TYPE = 42031
    NO_CARD_TITLE = 42033
    BAD_HORIZONTAL_LIST = 42035
    BAD_VERTICAL_LIST = 42036
    BAD_OPTION_LIST = 42037
    BAD_BUTTON_TEXT = 42038
    BAD_BUTTON_KEY = 42039
    BAD_OPTION_ID = 42040
    BAD_OPTION_TEXT = 42041
    BAD_JUMP_LIST = 42042
    BAD_QUESTION_KEY = 42043
    BAD_CARD_IMAGE = 42044
    BAD_CARD_ACTION = 42045
    BAD_SUBMIT_KEY = 42046
    BAD_SELECT_LIST = 42047
    BAD_SUBMIT_TEXT = 42049
    BAD_CARD_USERID = 42050
    SAME_MENU_KEY = 42051
    NO_CALLBACK_URL = 43012
    EMPTY = 44004
    TOO_LONG = 45002
    TOO_OFTEN = 45009
    TOO_MANY_AT_ONCE = 45033
    API_FORBIDDEN = 48002
    ACCOUNT_NOT_GRANTED = 48007
    BAD_IP = 60020
    NOBODY_REACHED = 81013
    NO_RECEIVER = 82001
    BAD_OPEN_KFID = 95000
    FIVE_MESSAGES = 95001
    FORTY_EIGHT_HOURS = 95002
    NO_SUCH_ACCOUNT = 95004
    BAD_MSG_TOKEN = 95007
    MENU_TOO_LONG = 95008
    BAD_MENU_TYPE = 95009
    SESSION_ENDED = 95013
    NOT_A_SERVICER = 95014
    BAD_TRANSITION = 95016
    STATE_FORBIDS = 95018
    SERVICER_STOPPED = 95019
    SAME_MSGID = 95033  #: the number is made up: only that re-use is refused is documented (§2.3)
    BAD_EVENT_CODE = 95034  #: made up, too: that a code dies is documented, not with which errcode (§2.4)
    BAD_RESPONSE_CODE = 42098  #: made up, for the same reason (§3.4)
    WRONG_AGENT = 301002


class PlatformRefusal(Exception):
    """The platform answers with this errcode, and did nothing."""

    def __init__(self, code: int, errmsg: str, **extra: object) -> None:
        super().__init__(f"{int(code)} {errmsg}")
        self.code = int(code)
        self.errmsg = errmsg
        self.extra = extra  #: further fields of the answer, such as `invaliduser`


class ControlRefusal(Exception):
    """A pretend person cannot do that now. The text is shown to whoever plays, in Chinese."""

    def __init__(self, message: str, status: int = 409) -> None:
        super().__init__(message)
        self.status = status
