"""Colour, depth, instances and the camera of MuJoCo environments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from types import ModuleType
from typing import Any, TypeAlias

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from .errors import ObservationError, SpatialRewardError
from .frame import CAMERA_FRAME, Frame, Pose

# Of str or int: any, because the key of a Mapping is invariant.
Instances: TypeAlias = "Mapping[Any, Sequence[str]]"

# Numbers below are free for the user: a task with `labels: [1]` then means what the user said, and
# never by chance what MuJoCo counts as number 1.
_FIRST_OWN_LABEL = 1000
_WORLD = 0
_WORLD_FRAME = "world"


class MujocoFrames:
    """Frames of a Gymnasium environment that is simulated by MuJoCo.

    The colour image is what `env.render()` gives. Depth, instances and the camera matrix are those
    of the same camera at the same moment; depth is in metres, the far plane is no depth.

    Args:
        instances: Names of bodies, geoms and sites by what the task calls the thing: the phrase or
            name of an object (`{"gripper": ["robot0:r_gripper_finger_link",
            "robot0:l_gripper_finger_link"]}`), or a number below 1000 that the task's `labels`
            has. Bodies that are not named here, and geoms and sites of the world, are instances of
            their own with the name that the model gives them.
        depth: Whether depth and instances are rendered, which takes two more passes. A model that
            looks at colours alone, such as `embedded`, needs neither.
        poses: Bodies and sites of the robot whose poses in the world are told, for tasks with
            kinematics.

    Raises:
        SpatialRewardError: mujoco is not installed.
    """

    def __init__(
        self,
        instances: Instances | None = None,
        *,
        depth: bool = True,
        poses: Sequence[str] = (),
    ) -> None:
        self._mujoco = _mujoco()
        self._instances: dict[str | int, Sequence[str]] = dict(instances or {})
        self._depth = depth
        self._poses = tuple(poses)
        self._renderer: Any = None
        self._numbers: dict[int, NDArray[np.int32]] = {}
        self._names: dict[int, str] = {}

    def __call__(self, env: gym.Env[Any, Any], observation: object) -> Frame:
        """The frame of the environment as it stands.

        Raises:
            ObservationError: It renders no image, or one of another size than its camera's.
        """
        image = self._draw(env)
        viewer = env.unwrapped.mujoco_renderer.viewer  # type: ignore[attr-defined]
        model, data = viewer.model, viewer.data
        height, width = image.shape[:2]
        if (viewer.viewport.width, viewer.viewport.height) != (width, height):
            raise ObservationError(
                f"{env} renders {width}x{height} pixels, but its camera has "
                f"{viewer.viewport.width}x{viewer.viewport.height}: put the wrapper that changes "
                "the image outside of this one."
            )
        camera = camera_matrix(viewer.scn, width, height)
        poses = self._told_poses(model, data, viewer.scn)
        if not self._depth:
            return Frame(image, camera=camera, poses=poses)
        try:
            renderer = self._renderer_of(model, width, height)
            renderer.update_scene(data, viewer.cam, viewer.vopt)
            renderer.enable_depth_rendering()
            depth = renderer.render()
            renderer.enable_segmentation_rendering()
            labels = self._labels(renderer.render())
        finally:
            # The environment draws into whichever context is current.
            viewer.make_context_current()
        return Frame(
            image,
            # Where nothing is, the depth is that of the far plane.
            depth=np.where(labels > 0, depth, np.float32(0)),
            labels=labels,
            label_names=self._names,
            camera=camera,
            poses=poses,
        )

    def close(self) -> None:
        """Frees the renderer."""
        if self._renderer is not None:
            self._renderer.close()
        self._renderer = None

    def _draw(self, env: gym.Env[Any, Any]) -> NDArray[np.uint8]:
        try:
            return rendered(env)
        except (self._mujoco.FatalError, ImportError, AttributeError, RuntimeError) as error:
            # What drivers and their bindings raise where there is no OpenGL.
            raise SpatialRewardError(
                f"MuJoCo cannot draw here: {error}. Without a display set MUJOCO_GL=egl before "
                "Python starts; on Debian it needs `apt install libegl1 libgl1-mesa-dri`."
            ) from error

    def _renderer_of(self, model: Any, width: int, height: int) -> Any:
        has = self._renderer
        if has is not None and (
            has.model is not model or (has.width, has.height) != (width, height)
        ):
            self.close()
        if self._renderer is None:
            self._number_instances(model)
            self._renderer = self._mujoco.Renderer(model, height, width)
        return self._renderer

    def _number_instances(self, model: Any) -> None:
        """Gives each geom and site of a model the number of the instance that it belongs to."""
        kinds = self._mujoco.mjtObj
        objects = {
            "body": (kinds.mjOBJ_BODY, model.nbody),
            "geom": (kinds.mjOBJ_GEOM, model.ngeom),
            "site": (kinds.mjOBJ_SITE, model.nsite),
        }
        name_of = {
            kind: [self._mujoco.mj_id2name(model, code, i) or "" for i in range(count)]
            for kind, (code, count) in objects.items()
        }
        chosen, names = self._chosen({name for kind in name_of.values() for name in kind})
        body_of = np.asarray(model.geom_bodyid)

        def number_of(kind: str, i: int) -> int:
            own = name_of[kind][i]
            if own in chosen:
                return chosen[own]
            if kind == "geom" and body_of[i] != _WORLD:
                return number_of("body", int(body_of[i]))
            # Things of the same name are one: a block and the mark in its middle.
            known = own_numbers.setdefault(
                own or f"{kind} {i}", _FIRST_OWN_LABEL + len(own_numbers)
            )
            if own:
                names.setdefault(known, own)
            return known

        own_numbers: dict[str, int] = {}
        self._numbers = {
            int(code): np.array([number_of(kind, i) for i in range(count)], dtype=np.int32)
            for kind, (code, count) in objects.items()
            if kind != "body"
        }
        self._names = names

    def _chosen(self, known: set[str]) -> tuple[dict[str, int], dict[int, str]]:
        """The numbers of the things that the user named, and their names."""
        numbers: dict[str, int] = {}
        names: dict[int, str] = {}
        free = iter(
            set(range(1, _FIRST_OWN_LABEL)) - {k for k in self._instances if isinstance(k, int)}
        )
        for key, parts in self._instances.items():
            if isinstance(key, int) and not 0 < key < _FIRST_OWN_LABEL:
                raise SpatialRewardError(
                    f"instances: {key} is not between 1 and {_FIRST_OWN_LABEL - 1}."
                )
            if isinstance(parts, str):
                raise SpatialRewardError(f"instances[{key!r}]: must be a list of names.")
            number = key if isinstance(key, int) else next(free)
            if isinstance(key, str):
                names[number] = key
            for part in parts:
                if part not in known:
                    raise SpatialRewardError(
                        f"instances[{key!r}]: the model has no body, geom or site {part!r}; it has "
                        f"{', '.join(sorted(known - {''}))}."
                    )
                if part in numbers:
                    raise SpatialRewardError(f"instances: {part!r} is named twice.")
                numbers[part] = number
        return numbers, names

    def _labels(self, segments: NDArray[np.int32]) -> NDArray[np.int32]:
        ids, kinds = segments[:, :, 0], segments[:, :, 1]
        labels = np.zeros(ids.shape, dtype=np.int32)
        for kind, numbers in self._numbers.items():
            there = kinds == kind
            labels[there] = numbers[ids[there]]
        return labels

    def _told_poses(self, model: Any, data: Any, scene: Any) -> list[Pose]:
        """Of the camera's optical frame and the frames that were asked for, in the world."""
        if not self._poses:
            return []
        eyes = scene.camera
        forward, up = (
            np.mean([eye.forward for eye in eyes], 0),
            np.mean([eye.up for eye in eyes], 0),
        )
        axes = np.column_stack([np.cross(forward, up), -up, forward])
        told = [self._pose(CAMERA_FRAME, np.mean([eye.pos for eye in eyes], 0), axes)]
        kinds = self._mujoco.mjtObj
        for name in self._poses:
            body = self._mujoco.mj_name2id(model, kinds.mjOBJ_BODY, name)
            site = self._mujoco.mj_name2id(model, kinds.mjOBJ_SITE, name)
            if body >= 0:
                told.append(self._pose(name, data.xpos[body], data.xmat[body]))
            elif site >= 0:
                told.append(self._pose(name, data.site_xpos[site], data.site_xmat[site]))
            else:
                raise SpatialRewardError(f"poses: the model has no body or site {name!r}.")
        return told

    def _pose(self, frame: str, position: NDArray[Any], axes: NDArray[Any]) -> Pose:
        wxyz = np.empty(4)
        self._mujoco.mju_mat2Quat(wxyz, np.ascontiguousarray(axes, np.float64).ravel())
        return Pose(frame, _WORLD_FRAME, position.tolist(), np.roll(wxyz, -1).tolist())


def rendered(env: gym.Env[Any, Any]) -> NDArray[np.uint8]:
    """What `env.render()` gives, if it is an image.

    Raises:
        ObservationError: It is none.
    """
    image = env.render()
    if isinstance(image, np.ndarray) and image.ndim == 3:
        return image
    raise ObservationError(
        f'{env} renders no image: make it with render_mode="rgb_array", not {env.render_mode!r}.'
    )


def camera_matrix(scene: Any, width: int, height: int) -> NDArray[np.float64]:
    """K of the camera that an `MjvScene` is drawn with, the first pixel's centre at (0, 0)."""
    # Drawn in mono, MuJoCo takes the mean of the two eyes.
    left, right = scene.camera[0], scene.camera[1]

    def mean(name: str) -> float:
        return float(getattr(left, name) + getattr(right, name)) / 2

    near, top, bottom = mean("frustum_near"), mean("frustum_top"), mean("frustum_bottom")
    # 0: as wide as the image's sides are to each other.
    half_width = mean("frustum_width") or (top - bottom) / 2 * width / height
    fx = near * width / (2 * half_width)
    fy = near * height / (top - bottom)
    cx = (half_width - mean("frustum_center")) / (2 * half_width) * width - 0.5
    cy = top / (top - bottom) * height - 0.5
    return np.array([[fx, 0, cx], [0, fy, cy], [0, 0, 1]])


def depth_buffer_to_metres(buffer: NDArray[np.floating[Any]], model: Any) -> NDArray[np.float32]:
    """Metres along the optical axis, of a depth buffer that MuJoCo has drawn.

    Gymnasium's `render_mode="depth_array"` and robosuite's depth images are such buffers, which are
    coarse: in FetchReach, 2 m away, they are 0.7 mm (median) to 14 mm (98 %) off what
    `MujocoFrames` tells. 0 is the near plane, 1 the far plane. What is further than a quarter of
    the far plane is no depth, 0: the sky, which is drawn as a box.

    Args:
        buffer: `(H, W)` of 0..1.
        model: The `MjModel` that was drawn.

    Raises:
        ObservationError: The values are not those of a buffer, such as metres.
    """
    z = np.asarray(buffer, dtype=np.float64)
    if not np.all((z >= 0) & (z <= 1)):
        raise ObservationError("depth: a depth buffer has values of 0..1; these are others.")
    near = model.vis.map.znear * model.stat.extent
    far = model.vis.map.zfar * model.stat.extent
    # The inverse of OpenGL's perspective, in 64 bits: 1 - z is small.
    metres = near / (1 - z * (1 - near / far))
    # The far plane is 50 times as far as the model is large, unless the model says otherwise.
    return np.where(metres < far / 4, metres, 0).astype(np.float32)


def has_mujoco(env: gym.Env[Any, Any]) -> bool:
    """Whether an environment has a renderer of Gymnasium's MuJoCo classes."""
    return hasattr(env.unwrapped, "mujoco_renderer")


def _mujoco() -> ModuleType:
    try:
        return import_module("mujoco")
    except ImportError:
        raise SpatialRewardError("MujocoFrames needs `pip install mujoco`.") from None
