/** How a picture of any size comes into a model's fixed size. */
export type Resize = "stretch" | "letterbox" | "crop";

/** Where a picture's pixels lie in the resized one: `x · scaleX + offsetX`. Offsets are negative where it is cropped. */
export interface PictureFit {
  readonly scaleX: number;
  readonly scaleY: number;
  readonly offsetX: number;
  readonly offsetY: number;
  /** Pixels of the resized picture, before padding or cropping. */
  readonly width: number;
  readonly height: number;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * `stretch` fills the target, `letterbox` keeps the proportions and pads both sides evenly, `crop` keeps them and cuts
 * both sides evenly. Whole pixels, as trainings do it.
 */
export function fitPictureSize(from: Size, to: Size, resize: Resize): PictureFit {
  const ratios = [to.width / from.width, to.height / from.height] as const;
  const scale = resize === "crop" ? Math.max(...ratios) : Math.min(...ratios);
  const whole = (size: number): number => Math.max(1, Math.round(size * scale));
  const width = resize === "stretch" ? to.width : whole(from.width);
  const height = resize === "stretch" ? to.height : whole(from.height);
  return {
    scaleX: width / from.width,
    scaleY: height / from.height,
    offsetX: Math.floor((to.width - width) / 2),
    offsetY: Math.floor((to.height - height) / 2),
    width,
    height,
  };
}
