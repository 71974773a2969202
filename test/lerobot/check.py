"""Checks of exported data sets with the libraries that read them. Called by realLibraries.test.ts.

Each check prints `ok NAME`, `skipped NAME: why`, or ends the process with what is wrong.
"""

import json
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


def rabc(folder, _expected):
    """RABCWeights weighs our progress as its paper's formula does."""
    import pandas as pd
    import torch
    from lerobot.rewards.sarm.rabc import RABCWeights

    chunk, kappa = 4, 0.01
    path = Path(folder) / "sarm_progress.parquet"
    weights = RABCWeights(path, chunk_size=chunk, kappa=kappa, device=torch.device("cpu"))
    table = pd.read_parquet(path).sort_values("index")
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
    print(f"ok rabc: {len(wanted)} weights, {int(np.isnan(delta).sum())} by the fallback")


def train(folder, _expected):
    """Two steps of a small policy, weighted by the progress file that is found by itself.

    The policies of LeRobot 0.6.1 that can be weighted need weights of many GB. ACT is small and
    lacks only the loss of each sample, which is added here; all else is lerobot-train's own.
    """
    import torch.nn.functional as F
    from lerobot.policies.act.modeling_act import ACTPolicy
    from lerobot.rewards.sarm.rabc import RABCWeights
    from lerobot.scripts import lerobot_train

    losses, weighings = [], []

    def forward(self, batch, reduction="mean"):
        batch = {**batch, "observation.images": [batch[key] for key in self.config.image_features]}
        found, _ = self.model(batch)
        loss = F.l1_loss(batch["action"], found, reduction="none")
        loss = (loss * ~batch["action_is_pad"].unsqueeze(-1)).mean(dim=(1, 2))
        losses.append(loss.detach())
        return (loss if reduction == "none" else loss.mean()), {}

    weigh = RABCWeights.compute_batch_weights

    def compute_batch_weights(self, batch):
        weights, about = weigh(self, batch)
        weighings.append(weights)
        return weights, about

    ACTPolicy.forward = forward
    RABCWeights.compute_batch_weights = compute_batch_weights
    sys.argv = [
        "lerobot-train",
        *["--dataset.repo_id=local/exported", f"--dataset.root={folder}"],
        *["--policy.type=act", "--policy.device=cpu", "--policy.push_to_hub=false"],
        *["--policy.chunk_size=4", "--policy.n_action_steps=4", "--policy.dim_model=32"],
        *["--policy.n_heads=2", "--policy.dim_feedforward=32", "--policy.use_vae=false"],
        *["--policy.pretrained_backbone_weights=null"],
        *["--sample_weighting.type=rabc", "--sample_weighting.head_mode=sparse"],
        *["--steps=2", "--batch_size=4", "--num_workers=0", "--log_freq=1"],
        *["--save_checkpoint=false", "--env_eval_freq=0", "--wandb.enable=false"],
        f"--output_dir={Path(folder).parent / 'train'}",
    ]
    lerobot_train.main()
    assert len(losses) == 2 and all(loss.isfinite().all() for loss in losses), losses
    assert len(weighings) == 2 and all(len(weights) == 4 for weights in weighings), weighings
    print("ok train: two steps of ACT with rabc")


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


if __name__ == "__main__":
    name, path, expected = sys.argv[1:]
    globals()[name](path, json.loads(Path(expected).read_text()))
