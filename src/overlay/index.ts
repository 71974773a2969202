export { lengthText, type Overlay, type OverlayLine, overlayOf, overlayShapes } from "./Overlay.js";
