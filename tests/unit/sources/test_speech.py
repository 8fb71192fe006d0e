"""The endpoint of speech on good days and bad ones, and recordings whole and broken."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import timedelta

import aiohttp
import pytest

from bot.errors import SpeechSilentError, UnclearSpeechError
from bot.sources import recording, speech
from bot.sources.recording import Format, format_of, seconds_of, to_wav
from bot.sources.speech import Speech, prompt_of, read_text
from tests import pretend_speech as pretending
from tests.pretend_speech import KEY, MODEL, PretendSpeech, amr, pretend_speech, shape_of

SAID = "我想订一间大床房"


@pytest.fixture
async def pretend() -> AsyncIterator[PretendSpeech]:
    async with pretend_speech() as running:
        yield running


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


def endpoint(http: aiohttp.ClientSession, pretend: PretendSpeech, key: str = KEY) -> Speech:
    return Speech(http, url=pretend.url + "/", key=key, model=MODEL)


async def test_a_voice_is_sent_as_wav_with_the_names_that_may_be_said(
    http: aiohttp.ClientSession, pretend: PretendSpeech
) -> None:
    said = await endpoint(http, pretend).transcribe(pretend.knows(amr(1.0), SAID), ["西湖店", "大床房", "西湖店"])
    (asked,) = pretend.asked
    assert said == SAID
    assert asked.fields == {"model": MODEL, "language": "zh", "response_format": "json", "prompt": "西湖店、大床房"}
    assert (asked.filename, asked.content_type) == ("voice.wav", "audio/wav")
    assert shape_of(asked.content)[:3] == (16000, 1, 2)


async def test_without_a_decoder_the_recording_goes_as_it_is(
    http: aiohttp.ClientSession, pretend: PretendSpeech, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speech, "can_decode", lambda: False)
    assert await endpoint(http, pretend).transcribe(pretend.knows(amr(1.0), SAID), ()) == SAID
    assert (pretend.asked[0].filename, pretend.asked[0].content) == ("voice.amr", amr(1.0))
    assert "prompt" not in pretend.asked[0].fields


@pytest.mark.parametrize(
    ("mode", "says"),
    [
        (pretending.BROKEN, "HTTP 500"),
        (pretending.BUSY, "HTTP 429"),
        (pretending.LOCKED, "HTTP 401"),
        (pretending.REDIRECT, "HTTP 302"),
        (pretending.SLOW, "TimeoutError"),
        (pretending.HTML, "not what was asked for"),
        (pretending.HUGE, "ValueError"),
    ],
)
async def test_an_endpoint_in_trouble_is_asked_again_later(
    http: aiohttp.ClientSession, pretend: PretendSpeech, mode: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speech, "WITHIN", 0.5)
    pretend.mode = mode
    with pytest.raises(SpeechSilentError, match=says) as caught:
        await endpoint(http, pretend).transcribe(pretend.knows(amr(1.0), SAID), [SAID])
    shown = f"{caught.value!r} {caught.value.__cause__!r}"
    assert KEY not in shown and SAID not in shown and "127.0.0.1" not in shown
    assert caught.value.retry_in == timedelta(seconds=7 if mode == pretending.BUSY else 0)
    assert len(pretend.asked) == 1


async def test_once_broken_is_not_broken_for_ever(http: aiohttp.ClientSession, pretend: PretendSpeech) -> None:
    pretend.mode, ours, voice = pretending.BROKEN_ONCE, endpoint(http, pretend), pretend.knows(amr(1.0), SAID)
    with pytest.raises(SpeechSilentError):
        await ours.transcribe(voice, ())
    assert await ours.transcribe(voice, ()) == SAID


async def test_a_wrong_key_and_a_closed_door_are_the_endpoints_trouble(
    http: aiohttp.ClientSession, pretend: PretendSpeech, free_port: int
) -> None:
    with pytest.raises(SpeechSilentError, match="HTTP 401"):
        await endpoint(http, pretend, key="wrong").transcribe(amr(1.0), ())
    nowhere = Speech(http, url=f"http://127.0.0.1:{free_port}/v1", key=KEY, model=MODEL)
    with pytest.raises(SpeechSilentError, match="ClientConnectorError"):
        await nowhere.transcribe(amr(1.0), ())


@pytest.mark.parametrize("mode", [pretending.EMPTY, pretending.TOO_LARGE])
async def test_some_recordings_will_never_be_understood(
    http: aiohttp.ClientSession, pretend: PretendSpeech, mode: str
) -> None:
    pretend.mode = mode
    with pytest.raises(UnclearSpeechError):
        await endpoint(http, pretend).transcribe(amr(1.0), ())


@pytest.mark.parametrize(
    "broken",
    [b"", b"#!AMR\n", b"#!AMR\n" + b"\xff" * 400, b"<html>", b"\x89PNG\r\n\x1a\n" + bytes(64), b"#EXTM3U\nfile:///etc"],
)
async def test_what_is_no_recording_is_not_even_sent(
    http: aiohttp.ClientSession, pretend: PretendSpeech, broken: bytes
) -> None:
    with pytest.raises(UnclearSpeechError):
        await endpoint(http, pretend).transcribe(broken, ())
    assert pretend.asked == []


@pytest.mark.parametrize("seconds", [0.5, 3.0, 60.0])
def test_amr_is_counted_and_decoded(seconds: float) -> None:
    voice = amr(seconds)
    assert seconds_of(voice) == pytest.approx(seconds, abs=0.03)
    rate, channels, width, length = shape_of(to_wav(voice))
    assert (rate, channels, width) == (16000, 1, 2)
    assert length == pytest.approx(seconds, abs=0.05)


def test_recordings_cut_off_or_spoilt_anywhere_end_in_sound_or_in_a_plain_error() -> None:
    whole = amr(0.5)
    for at in range(6, len(whole), 37):
        for broken in (whole[:at], whole[:at] + b"\xff\x00\x7f" * 5 + whole[at + 15 :]):
            assert 0 <= seconds_of(broken) <= 1.5
            try:
                assert shape_of(to_wav(broken))[0] == 16000
            except UnclearSpeechError:
                continue


def test_long_recordings_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "SECONDS_MOST", 1)
    assert shape_of(to_wav(amr(3.0)))[3] == pytest.approx(1.0)


def test_formats_are_known_by_their_first_bytes() -> None:
    assert format_of(b"\x02#!SILK_V3abc") == Format.SILK
    assert format_of(b"#!AMR-WB\n\x04") == Format.WIDE_AMR
    assert seconds_of(b"#!AMR-WB\n" + (b"\x04" + bytes(17)) * 50) == pytest.approx(1.0)
    assert seconds_of(b"\x02#!SILK_V3abc") == 0 == seconds_of(b"")


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ('{"text":"<|zh|><|NEUTRAL|><|Speech|><|withitn|>明天还有房吗"}', "明天还有房吗"),
        ('{"text":" 两杯拿铁\\n一杯 少冰\\u200b "}', "两杯拿铁 一杯 少冰"),
        ('{"text":"a<|b","more":1}', "a<|b"),
    ],
)
def test_tags_and_what_nobody_sees_are_left_out(answer: str, text: str) -> None:
    assert read_text(answer.encode()) == text


@pytest.mark.parametrize("answer", ['{"text":7}', '{"text":null}', "[]", '"oh"', "{}", "", "[" * 100_000, "\xff"])
def test_an_answer_of_another_shape_is_none(answer: str) -> None:
    with pytest.raises(SpeechSilentError):
        read_text(answer.encode("latin-1"))


@pytest.mark.parametrize("text", ["", " ", "<|zh|><|nospeech|>", "。", "……?"])
def test_silence_is_not_taken_for_words(text: str) -> None:
    with pytest.raises(UnclearSpeechError):
        read_text(f'{{"text":"{text}"}}'.encode())


def test_the_prompt_is_bounded() -> None:
    prompt = prompt_of([f"第{number}号门店" for number in range(500)])
    assert len(prompt) <= speech.PROMPT_MOST and prompt.startswith("第0号门店、第1号门店")


def test_the_service_does_not_load_the_decoder() -> None:
    look = "import sys, bot.app, bot.cli; sys.exit('av' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", look], check=False, timeout=60).returncode == 0
