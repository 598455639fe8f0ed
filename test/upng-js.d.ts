/** upng-js 2 carries no declarations. */
declare module 'upng-js' {
  interface Image {
    width: number;
    height: number;
  }
  const UPNG: {
    decode(png: ArrayBuffer): Image;
    /** The frames as RGBA, 8 bits a channel. */
    toRGBA8(image: Image): ArrayBuffer[];
    /** @param colours 0 keeps all @param delays milliseconds of each frame, where there are several */
    encode(
      frames: ArrayBuffer[],
      width: number,
      height: number,
      colours: number,
      delays?: number[],
    ): ArrayBuffer;
  };
  export default UPNG;
}
