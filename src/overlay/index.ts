export { lengthText, type Overlay, overlayOf, overlayShapes } from "./Overlay.js";
