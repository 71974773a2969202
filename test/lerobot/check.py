"""Checks of exported data sets with the libraries that read them. Called by realLibraries.test.ts.

Each check prints `ok NAME`, `skipped NAME: why`, or ends the process with what is wrong.
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np


def opened(folder, expected):
    """LeRobotDataset opens it; every row decodes, and is what the recordings showed."""
    from lerobot.datasets.lerobot_dataset import LeRobotDataset

    dataset = LeRobotDataset("local/exported", root=folder)
    assert len(dataset) == len(expected["rows"]), (len(dataset), len(expected["rows"]))
    (camera,) = dataset.meta.camera_keys
    worst = 0.0
    for row, wanted in zip(dataset, expected["rows"], strict=True):
        pixels = row[camera].numpy() * 255
        worst = max(worst, float(np.abs(pixels - wanted["shade"]).max()))
        np.testing.assert_allclose(row["observation.state"], wanted["state"], atol=1e-6)
        np.testing.assert_allclose(row["action"], wanted["action"], atol=1e-6)
        reward = float("nan") if wanted["reward"] is None else wanted["reward"]
        np.testing.assert_allclose(row["next.reward"], reward, atol=1e-6)
        assert row["task"] == expected["instruction"]
        assert bool(row["next.done"]) == wanted["done"]
    assert worst <= expected["tolerance"], f"pictures differ by {worst} of 255"
    print(f"ok opened: {len(dataset)} rows, pictures within {worst:.1f} of 255")


def stats(folder, _expected):
    """meta/stats.json has what LeRobot computes of the same rows."""
    from lerobot.datasets.compute_stats import aggregate_stats, get_feature_stats
    from lerobot.datasets.lerobot_dataset import LeRobotDataset

    dataset = LeRobotDataset("local/exported", root=folder)
    (camera,) = dataset.meta.camera_keys
    for key in ["observation.state", "action", camera]:
        parts = []
        for episode in dataset.meta.episodes:
            rows = range(episode["dataset_from_index"], episode["dataset_to_index"])
            values = np.stack([dataset[i][key].numpy() for i in rows])
            if key == camera:
                values = np.round(values * 255).astype(np.uint8)
                found = get_feature_stats(values, axis=(0, 2, 3), keepdims=True)
                found = {k: v if k == "count" else np.squeeze(v / 255, axis=0) for k, v in found.items()}
            else:
                found = get_feature_stats(values, axis=0, keepdims=False)
            parts.append({key: found})
        for name, wanted in aggregate_stats(parts)[key].items():
            tolerance = 0.02 if key == camera else 1e-4
            np.testing.assert_allclose(
                dataset.meta.stats[key][name], wanted, atol=tolerance, err_msg=f"{key} {name}"
            )
    print("ok stats")


def rabc(path, expected):
    """RABCWeights weighs our progress as its paper's formula does, in each episode for itself."""
    import pandas as pd
    import torch
    from lerobot.rewards.sarm.rabc import RABCWeights

    chunk, kappa = 4, 0.01
    path = Path(path) / "sarm_progress.parquet" if Path(path).is_dir() else Path(path)
    weights = RABCWeights(path, chunk_size=chunk, kappa=kappa, device=torch.device("cpu"))
    table = pd.read_parquet(path).sort_values("index")
    lengths = table.groupby("episode_index").size().tolist()
    assert lengths == expected["lengths"], (lengths, expected["lengths"])
    assert table["index"].tolist() == list(range(len(table)))
    assert table["frame_index"].tolist() == [i for length in lengths for i in range(length)]
    progress = table.progress_sparse.to_numpy(dtype=np.float64)
    ends = table.groupby("episode_index")["index"].transform("max").to_numpy()
    ahead = progress[np.minimum(table["index"].to_numpy() + chunk, ends)]
    delta = ahead - progress
    known = delta[~np.isnan(delta)]
    mean, std = max(known.mean(), 0), max(known.std(), 1e-6)
    soft = np.clip((delta - (mean - 2 * std)) / (4 * std + 1e-6), 0, 1)
    wanted = np.where(delta > kappa, 1.0, np.where(delta >= 0, soft, 0.0))
    wanted[np.isnan(delta)] = 1.0
    assert np.isnan(delta).any(), "the test has no invalid row"
    batch = {"index": torch.tensor(table["index"].to_numpy())}
    found, _ = weights.compute_batch_weights(batch)
    np.testing.assert_allclose(found, wanted * len(wanted) / (wanted.sum() + 1e-6), atol=1e-5)
    print(
        f"ok rabc: {len(wanted)} weights of {len(lengths)} episodes, "
        f"{int(np.isnan(delta).sum())} by the fallback"
    )


def train(folder, _expected):
    """Two steps of `lerobot-train` as docs/lerobot.md has it; progress is found by itself.

    The policy is SmolVLA with a language model of a few thousand random weights in place of the one
    that is downloaded; all else is LeRobot's own, unchanged.
    """
    tiny = Path(folder).parent / "tiny"
    tiny_smolvlm(tiny)
    command = [
        str(Path(sys.executable).parent / "lerobot-train"),
        *["--dataset.repo_id=local/my_dataset", f"--dataset.root={folder}"],
        *["--policy.type=smolvla", "--policy.push_to_hub=false"],
        *["--sample_weighting.type=rabc", "--sample_weighting.head_mode=sparse"],
        # Of a test: small, short, on the CPU.
        *[f"--policy.vlm_model_name={tiny}", "--policy.num_vlm_layers=2"],
        *["--policy.resize_imgs_with_padding=[64,64]", "--policy.device=cpu"],
        *["--policy.chunk_size=4", "--policy.n_action_steps=4"],
        *["--steps=2", "--batch_size=4", "--num_workers=0", "--log_freq=1"],
        *["--save_checkpoint=false", "--env_eval_freq=0", "--wandb.enable=false"],
        f"--output_dir={Path(folder).parent / 'train'}",
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    said = done.stdout + done.stderr
    assert done.returncode == 0, said[-3000:]
    assert "sarm_progress.parquet" in said and "Creating sample weighter: rabc" in said, said[-3000:]
    losses = [float(loss) for loss in re.findall(r"loss:([-+.\deE]+|nan)", said)]
    weights = re.findall(r"sample_weight_mean_weight:([.\d]+)", said)
    assert len(losses) == 2 and all(np.isfinite(losses)), said[-3000:]
    assert len(weights) == 2, said[-3000:]
    print(f"ok train: two steps of lerobot-train with rabc, mean weights {' and '.join(weights)}")


def tiny_smolvlm(folder):
    """Configuration, tokenizer and processor of a SmolVLM that is small enough for a test."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast, SmolVLMConfig, SmolVLMProcessor
    from transformers.models.smolvlm import SmolVLMImageProcessor
    from transformers.models.smolvlm.video_processing_smolvlm import SmolVLMVideoProcessor

    special = {
        "image_token": "<image>",
        "fake_image_token": "<fake_token_around_image>",
        "global_image_token": "<global-img>",
        "end_of_utterance_token": "<end_of_utterance>",
    }
    words = ["<pad>", "<unk>", "<s>", "</s>", *special.values(), "reach", "the", "red", "mug", "."]
    vocabulary = {word: i for i, word in enumerate(words)}
    tokens = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokens.pre_tokenizer = pre_tokenizers.Whitespace()
    named = {"pad_token": "<pad>", "unk_token": "<unk>", "bos_token": "<s>", "eos_token": "</s>"}
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=tokens, extra_special_tokens=special, **named
    )
    heads = {"num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 16}
    layers = {"hidden_size": 64, "intermediate_size": 64, "num_hidden_layers": 2}
    text = {"model_type": "llama", "vocab_size": len(words), "pad_token_id": 0, **layers, **heads}
    vision = {"image_size": 64, "patch_size": 16, "hidden_size": 32, "intermediate_size": 32}
    vision |= {"num_hidden_layers": 1, "num_attention_heads": 2}
    SmolVLMConfig(
        text_config=text, vision_config=vision, image_token_id=4, pad_token_id=0, scale_factor=2
    ).save_pretrained(folder)
    size = {"size": {"longest_edge": 64}, "max_image_size": {"longest_edge": 64}}
    SmolVLMProcessor(
        image_processor=SmolVLMImageProcessor(**size),
        tokenizer=tokenizer,
        video_processor=SmolVLMVideoProcessor(**size, num_frames=1, fps=1),
    ).save_pretrained(folder)


def viewer(folder, _expected):
    """LeRobot's own viewer writes an episode as a Rerun recording."""
    try:
        import rerun  # noqa: F401
    except ImportError:
        print("skipped viewer: rerun-sdk is not installed")
        return
    out = Path(folder).parent / "viewer"
    command = [
        *[sys.executable, "-m", "lerobot.scripts.lerobot_dataset_viz"],
        *["--repo-id", "local/exported", "--root", folder, "--episode-index", "0"],
        *["--save", "1", "--output-dir", str(out), "--num-workers", "0"],
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    (file,) = out.glob("*.rrd")
    assert file.stat().st_size > 1000
    print(f"ok viewer: {file.name}, {file.stat().st_size} bytes")


def robomimic(path, expected):
    """robomimic's loader gives observations, actions, rewards, dones."""
    try:
        from robomimic.utils.dataset import SequenceDataset
    except ImportError as error:
        print(f"skipped robomimic: {error}")
        return
    from robomimic.utils import file_utils, obs_utils

    keys = ["state", "camera_image"]
    obs_utils.initialize_obs_modality_mapping_from_dict({"low_dim": ["state"], "rgb": ["camera_image"]})
    about = file_utils.get_env_metadata_from_dataset(dataset_path=path)
    assert about["env_name"] == expected["task"]
    for name, wanted in [("train", expected["demos"]), ("valid", expected["valid"])]:
        dataset = SequenceDataset(
            hdf5_path=path,
            obs_keys=keys,
            dataset_keys=["actions", "rewards", "dones"],
            seq_length=3,
            pad_seq_length=True,
            load_next_obs=True,
            hdf5_cache_mode=None,
            filter_by_attribute=name,
        )
        assert dataset.n_demos == wanted, (name, dataset.n_demos, wanted)
        assert len(dataset) > 0
    item = dataset[0]
    assert item["obs"]["camera_image"].shape[0] == 3
    assert item["actions"].shape == (3, 2)
    assert not np.isnan(item["rewards"]).any()
    np.testing.assert_array_equal(item["obs"]["state"][1], item["next_obs"]["state"][0])
    print(f"ok robomimic: {expected['demos']} demos, {expected['valid']} without an invalid reward")


def table(folder, expected):
    """datasets.load_dataset reads the Parquet folder."""
    from datasets import load_dataset

    cache = str(Path(folder).parent / "cache")
    rows = load_dataset(folder, split="train", cache_dir=cache)
    assert len(rows) == len(expected["rows"])
    for row, wanted in zip(rows, expected["rows"], strict=True):
        assert row["next.reward"] is None if wanted["reward"] is None else True
        picture = np.asarray(row["observation.images.camera"])
        assert (picture == wanted["shade"]).all()
        np.testing.assert_allclose(row["observation.state"], wanted["state"], atol=1e-6)
    print(f"ok table: {len(rows)} rows")


CAMERA, DEPTH = "observation.images.front", "observation.images.front_depth"
LENGTHS = (12, 9)


def write(folder, _expected):
    """Data sets that LeRobot itself writes, and what it decodes of each of their rows."""
    root = Path(folder)
    made = {}
    for name, use_videos in [("video", True), ("images", False)]:
        recorded(root / name, use_videos)
        made[name] = decoded(root / name)
    for name, change in [("more_rows", 3), ("fewer_rows", -3)]:
        shutil.copytree(root / "video", root / name)
        change_rows(root / name, change)
        made[name] = decoded(root / name)
    (root / "decoded.json").write_text(json.dumps(made))
    print("ok write:", ", ".join(f"{name} {len(rows)} rows" for name, rows in made.items()))


def recorded(root, use_videos):
    """By LeRobot's own API: a picture that moves, a depth map with a hole, two numbers."""
    from lerobot.datasets.lerobot_dataset import LeRobotDataset

    width, height = 64, 48
    names = ["height", "width", "channels"]
    dtype = "video" if use_videos else "image"
    features = {
        CAMERA: {"dtype": dtype, "shape": (height, width, 3), "names": names},
        DEPTH: {
            **{"dtype": dtype, "shape": (height, width, 1), "names": names},
            "info": {"is_depth_map": True},
        },
        "observation.state": {"dtype": "float32", "shape": (2,), "names": ["a", "b"]},
        "action": {"dtype": "float32", "shape": (2,), "names": ["a", "b"]},
    }
    dataset = LeRobotDataset.create(
        "local/recorded", fps=10, root=root, features=features, use_videos=use_videos
    )
    y, x = np.mgrid[0:height, 0:width]
    for episode, length in enumerate(LENGTHS):
        for i in range(length):
            picture = np.stack([4 * x + 8 * i, 5 * y, 60 * episode + x + y], axis=-1) % 256
            depth = (400 + 20 * x + 10 * y + 30 * i).astype(np.uint16)
            depth[:5, :5] = 0
            numbers = np.array([i / 10, episode], dtype=np.float32)
            dataset.add_frame(
                {
                    **{CAMERA: picture.astype(np.uint8), DEPTH: depth[..., None]},
                    **{"observation.state": numbers, "action": numbers, "task": "reach the mug"},
                }
            )
        dataset.save_episode()
    dataset.finalize()


def decoded(root):
    """Of each row the digest of its pixels and some depths in m; null where it decodes none."""
    from lerobot.datasets.lerobot_dataset import LeRobotDataset

    dataset = LeRobotDataset(
        "local/recorded", root=root, video_backend="pyav", depth_output_unit="m"
    )
    rows = []
    for i in range(len(dataset)):
        try:
            row = dataset[i]
        except Exception as error:
            assert "Timestamp" in type(error).__name__, repr(error)
            rows.append(None)
            continue
        pixels = np.round(row[CAMERA].permute(1, 2, 0).numpy() * 255).astype(np.uint8)
        depth = np.asarray(row[DEPTH]).reshape(48, 64)
        rows.append(
            {
                "digest": hashlib.sha256(pixels.tobytes()).hexdigest(),
                "depth": [float(depth[y, x]) for y, x in [(0, 0), (20, 30), (47, 63)]],
            }
        )
    return rows


def change_rows(root, change):
    """Adds rows to the last episode, or removes some; its video stays as it is."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    (data,) = root.glob("data/*/*.parquet")
    (episodes,) = root.glob("meta/episodes/*/*.parquet")
    table = pq.read_table(data)
    rows = table.to_pylist()
    if change < 0:
        rows = rows[:change]
    for _ in range(change):
        last = rows[-1]
        later = {"index": last["index"] + 1, "frame_index": last["frame_index"] + 1}
        rows.append({**last, **later, "timestamp": (last["frame_index"] + 1) / 10})
    pq.write_table(pa.Table.from_pylist(rows, schema=table.schema), data)
    about = pq.read_table(episodes)
    listed = about.to_pylist()
    listed[-1]["length"] += change
    listed[-1]["dataset_to_index"] += change
    pq.write_table(pa.Table.from_pylist(listed, schema=about.schema), episodes)
    info = json.loads((root / "meta/info.json").read_text())
    info["total_frames"] += change
    (root / "meta/info.json").write_text(json.dumps(info))


if __name__ == "__main__":
    name, path, expected = sys.argv[1:]
    globals()[name](path, json.loads(Path(expected).read_text()))
