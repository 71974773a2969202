import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeColor, ImageFileError, readImageFile } from "../../src/camera/index.js";
import { picture, truncated } from "./images.js";

describe("readImageFile", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "image-file-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function file(name: string, data: Uint8Array): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, data);
    return path;
  }

  it.each(["jpeg", "png", "webp"] as const)("reads a %s file as a frame", async (format) => {
    const image = await picture(format);
    const frame = await readImageFile(await file(`desk.view.${format}`, image.data));
    expect(frame).toMatchObject({
      camera: "desk.view",
      episode: "desk.view",
      frameId: "camera",
      stampNs: 0n,
    });
    expect([...frame.image.data]).toEqual([...image.data]);
  });

  it("reads a photograph that its EXIF says is turned: it is shown upright", async () => {
    const data = await sharp({ create: { width: 16, height: 8, channels: 3, background: "red" } })
      .withMetadata({ orientation: 8 })
      .jpeg()
      .toBuffer();
    const { image } = await readImageFile(await file("phone.jpg", data));
    const { width, height } = await decodeColor(image);
    expect([width, height]).toEqual([8, 16]);
  });

  it("says what is wrong with a file that is missing, a folder, empty or no image", async () => {
    await expect(readImageFile(join(folder, "no.jpg"))).rejects.toThrow(ImageFileError);
    await expect(readImageFile(join(folder, "no.jpg"))).rejects.toThrow(/no\.jpg: no such file/);
    await expect(readImageFile(folder)).rejects.toThrow(/is a folder/);
    const empty = await file("empty.png", new Uint8Array(0));
    await expect(readImageFile(empty)).rejects.toThrow(/empty\.png is not a JPEG.*it is empty/);
    const text = await file("notes.jpg", new TextEncoder().encode("not an image"));
    await expect(readImageFile(text)).rejects.toThrow(/notes\.jpg is not a JPEG, PNG or WebP/);
  });

  it("says that a file is truncated", async () => {
    const path = await file("cut.jpg", truncated(await picture("jpeg")).data);
    await expect(readImageFile(path)).rejects.toThrow(/cut\.jpg: .*truncated/);
  });
});
