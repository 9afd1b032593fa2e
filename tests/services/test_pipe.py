"""The pipe between two tasks: order, bounds, draining."""

import asyncio

import pytest

from engine.services.pipe import Pipe


async def test_a_writer_waits_while_there_is_no_place() -> None:
    pipe: Pipe[int] = Pipe(depth=2)
    await pipe.put((1,))
    await pipe.put((2,))
    third = asyncio.ensure_future(pipe.put((3,)))
    await asyncio.sleep(0)
    assert not third.done()
    reader = aiter(pipe)
    assert await anext(reader) == (1,)
    await third
    assert [await anext(reader), await anext(reader)] == [(2,), (3,)]


async def test_what_was_put_before_the_end_is_still_read_after_it() -> None:
    pipe: Pipe[int] = Pipe(depth=4)
    await pipe.put((1, 1))
    await pipe.put((2,))
    await pipe.close()
    await pipe.close()
    assert [batch async for batch in pipe] == [(1, 1), (2,)]


async def test_a_closed_one_takes_nothing() -> None:
    pipe: Pipe[int] = Pipe()
    await pipe.close()
    with pytest.raises(AssertionError, match="closed"):
        await pipe.put((1,))
