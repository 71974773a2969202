export { inFolder, parseS3Address, type S3Address, s3Address } from "./S3Address.js";
export { S3Error } from "./S3Error.js";
export { type S3Object, S3Store } from "./S3Store.js";
