/** From where familiar scenes are seen: from the front, or from aside, low and high as well. */
export type SceneViews = "front" | "around";
