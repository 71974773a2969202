from __future__ import annotations

import os
import signal
import socket
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from squares import TASK, Squares, frame_of

import spatial_reward.client
from spatial_reward import (
    Connection,
    NodeServer,
    ServerError,
    ServerGoneError,
    SpatialRewardClient,
    SpatialRewardError,
)

TOKEN = "a-token-of-the-tests-0123456789"


@pytest.fixture
def env() -> Squares:
    env = Squares()
    env.reset(seed=1)
    return env


def test_a_session_tells_the_task_and_measures_what_is_seen(
    client: SpatialRewardClient, env: Squares
) -> None:
    session = client.session()
    row = session.step(frame_of(env, time_s=0.0))
    assert (session.task, session.measurements, session.terms) == (
        "approach",
        ("reach",),
        ("near",),
    )
    assert row["validity"] == "ok"
    assert row["reward"] == pytest.approx(-env.true_distance_m, rel=0.05)
    assert row["terms"] == {"near": row["reward"]}
    assert row["measurements"]["reach"]["unit"] == "m"
    session.close()


def test_a_batch_gives_each_session_its_own_reward_and_an_error_in_its_place(
    client: SpatialRewardClient,
) -> None:
    envs = [Squares() for _ in range(3)]
    for seed, env in enumerate(envs):
        env.reset(seed=seed)
    sessions = [client.session() for _ in envs]
    alone = [client.session().step(frame_of(env, time_s=0.0)) for env in envs]
    sessions[1].close()
    steps = list(zip(sessions, [frame_of(env, time_s=0.0) for env in envs], strict=True))
    together = client.step_batch([steps[0], steps[2]])
    assert [row["reward"] for row in together] == [alone[0]["reward"], alone[2]["reward"]]  # type: ignore[index]

    twice = client.step_batch([(sessions[0], frame_of(envs[0], time_s=1.0))] * 2)
    refused = [row for row in twice if isinstance(row, ServerError)]
    assert [error.status for error in refused] == [409], "two clients on one session at once"


def test_a_batch_that_is_too_large_for_one_request_goes_in_several(
    client: SpatialRewardClient, env: Squares, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = [(client.session(), frame_of(env, time_s=0.0)) for _ in range(5)]
    expected = [row["reward"] for row in client.step_batch(steps)]  # type: ignore[index]
    for limit, value in [("_BATCH_STEPS", 2), ("_BATCH_BYTES", 200_000)]:
        monkeypatch.setattr(spatial_reward.client, limit, value)
        for session, _ in steps:
            session.reset()
        again = [row["reward"] for row in client.step_batch(steps)]  # type: ignore[index]
        assert again == expected
    assert client.step_batch([]) == []


def test_a_connection_that_the_server_closed_meanwhile_is_opened_again(
    client: SpatialRewardClient,
) -> None:
    connection = Connection(client.address)
    connection.request("GET", "/health")
    assert connection._http is not None
    assert connection._http.sock is not None
    connection._http.sock.shutdown(socket.SHUT_RDWR)
    assert connection.request("GET", "/health") is not None
    connection.close()


def test_the_reward_depends_on_the_episode_alone(client: SpatialRewardClient, env: Squares) -> None:
    def rewards(session: Any) -> list[Any]:
        env.reset(seed=4)
        rows = [session.step(frame_of(env, time_s=0.0))]
        for i in range(1, 4):
            env.step(np.int64(1))
            rows.append(session.step(frame_of(env, time_s=i / 10)))
        return [(row["reward"], row["progress"], row["success"], row["ended"]) for row in rows]

    session = client.session()
    first = rewards(session)
    session.reset()
    assert rewards(session) == first
    assert rewards(client.session()) == first


def test_an_image_of_another_size_in_mid_episode_is_refused_and_may_come_after_a_reset(
    client: SpatialRewardClient, env: Squares
) -> None:
    session = client.session()
    session.step(frame_of(env))
    half = frame_of(env).image[::2, ::2]  # type: ignore[call-overload]
    small = {"image": half, "depth": None, "labels": None, "camera": None}
    with pytest.raises(ServerError, match="80x60") as caught:
        session.step(frame_of(env, **small))
    assert caught.value.status == 422
    session.reset()
    assert session.step(frame_of(env, **small))["validity"] == "invalid"


def test_without_a_camera_matrix_the_reward_is_invalid_and_says_why(
    client: SpatialRewardClient, env: Squares
) -> None:
    row = client.session().step(frame_of(env, camera=None))
    assert row["reward"] is None
    assert row["validity"] == "invalid"
    assert "camera" in row["reason"]


def test_depth_that_is_nowhere_known_gives_no_number(
    client: SpatialRewardClient, env: Squares
) -> None:
    nowhere = np.full(env.look()["depth"].shape, np.nan, np.float32)
    row = client.session().step(frame_of(env, depth=nowhere))
    assert (row["reward"], row["validity"]) == (None, "invalid")
    assert "no_depth" in row["reason"]


def test_a_session_that_ended_or_never_was_is_named(
    client: SpatialRewardClient, env: Squares
) -> None:
    with pytest.raises(ServerError) as caught:
        client.request("POST", "/v1/sessions/no-such-session/reset", {})
    assert caught.value.status == 404


def test_a_session_that_was_idle_too_long_begins_anew_at_the_next_reset(
    client: SpatialRewardClient, env: Squares
) -> None:
    session = client.session()
    client.request("DELETE", f"/v1/sessions/{session.open_id()}")
    with pytest.raises(ServerError):
        session.step(frame_of(env))
    session.reset()
    assert session.step(frame_of(env))["validity"] == "ok"


def test_a_task_with_mistakes_is_refused_with_all_of_them(client: SpatialRewardClient) -> None:
    with pytest.raises(ServerError, match="reach") as caught:
        client.session(task=TASK.replace("-1 * reach", "reach < 5 kg"))
    assert caught.value.status == 422


def test_a_server_that_runs_already_is_joined_with_its_token_and_outlives_its_clients(
    cli: list[str], tmp_path: Path, env: Squares
) -> None:
    token_file, folder = tmp_path / "token", tmp_path / "tasks"
    folder.mkdir()
    token_file.write_text(TOKEN + "\n")
    (folder / "approach.yaml").write_text(TASK)
    arguments = ["serve", "--vlm", "rgbd", "--token-file", str(token_file)]
    with NodeServer([*arguments, "--task-folder", str(folder)]) as server:
        for token in [None, "wrong", TOKEN[:-1]]:
            with (
                pytest.raises(ServerError, match="token") as caught,
                SpatialRewardClient("approach", url=server.address, token=token) as stranger,
            ):
                stranger.session()
            assert caught.value.status == 401
        with SpatialRewardClient("approach", url=server.address, token=TOKEN) as client:
            assert client.session().step(frame_of(env))["validity"] == "ok"
            with pytest.raises(ServerError, match=r"\.\./token"):
                client.request("POST", "/v1/sessions", {"task": "../token"})
        assert server.alive


def test_a_server_that_dies_is_told_with_its_last_words(
    own_client: SpatialRewardClient, env: Squares
) -> None:
    session = own_client.session()
    session.step(frame_of(env))
    assert own_client.server is not None
    os.kill(own_client.server.pid, signal.SIGKILL)
    with pytest.raises(ServerGoneError, match="signal 9"):
        session.step(frame_of(env))


def test_a_server_that_dies_is_started_again_as_often_as_was_asked(
    cli: list[str], env: Squares
) -> None:
    with SpatialRewardClient(TASK, vlm="rgbd", restarts=1) as client:
        session = client.session()
        first = session.step(frame_of(env, time_s=0.0))
        assert client.server is not None
        os.kill(client.server.pid, signal.SIGKILL)
        assert session.step(frame_of(env, time_s=0.0))["reward"] == first["reward"]
        assert (session.restarts, client.generation) == (1, 1)
        os.kill(client.server.pid, signal.SIGKILL)
        with pytest.raises(ServerGoneError):
            client.step_batch([(session, frame_of(env))])


def test_a_server_that_hangs_is_told_after_the_time_that_it_has(
    cli: list[str], env: Squares
) -> None:
    with SpatialRewardClient(TASK, vlm="rgbd", restarts=1) as client:
        session = client.session()
        assert client.server is not None
        os.kill(client.server.pid, signal.SIGSTOP)
        # From here on: what came before must not fail on a busy machine.
        client._connection.close()
        client._connection.timeout_s = 0.5
        with pytest.raises(ServerGoneError, match=r"did not answer within 0\.5 s"):
            session.step(frame_of(env))
        os.kill(client.server.pid, signal.SIGCONT)
        # It lives, so it was not started again.
        assert client.generation == 0


def test_nothing_at_an_address_is_told_as_such(tmp_path: Path) -> None:
    for address in [f"unix:{tmp_path}/none", "http://127.0.0.1:9"]:
        with pytest.raises(ServerGoneError, match="is gone"):
            Connection(address).request("GET", "/health")
    with pytest.raises(SpatialRewardError, match="no address"):
        Connection("127.0.0.1:8765")


def test_a_forked_process_has_a_connection_of_its_own(client: SpatialRewardClient) -> None:
    client.request("GET", "/health")
    child = os.fork()
    if child == 0:
        try:
            client.request("GET", "/health")
            os._exit(0)
        except BaseException:
            os._exit(1)
    for _ in range(20):
        client.request("GET", "/health")
    assert os.waitpid(child, 0)[1] == 0


def test_a_client_needs_a_task_for_a_server_of_its_own_and_a_file_that_exists() -> None:
    with pytest.raises(SpatialRewardError, match="task"):
        SpatialRewardClient()
    with pytest.raises(FileNotFoundError, match=r"missing\.yaml"):
        SpatialRewardClient("missing.yaml")


def test_a_closed_client_says_so(own_client: SpatialRewardClient) -> None:
    own_client.close()
    with pytest.raises(SpatialRewardError, match="closed"):
        own_client.session()
