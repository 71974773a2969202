export { lengthText, type Overlay, type OverlayLine, overlayOf } from "./Overlay.js";
export { overlayShapes } from "./overlayShapes.js";
