/* Square codes before the camera: read by the browser where it can, else by a library of ours. */
"use strict";
self.Day = self.Day || {};
(() => {
  const PAUSE = 180, WIDTH = 720;
  /* How what the camera shows is looked at, by turns, in radians: of one code in nine that is held upright
     and still, the library makes nothing, however often it looks. Tilted and smaller, it reads those. */
  const LOOKS = [{scale: 1, tilt: 0}, {scale: 0.7, tilt: 0.12}];

  const load = (source) => new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = source;
    script.onload = resolve;
    script.onerror = () => reject(new Error(source));
    document.head.append(script);
  });

  /* A function from a canvas to the text of the code on it, "" where there is none. */
  const reader = async (source, box) => {
    if ("BarcodeDetector" in self && (await BarcodeDetector.getSupportedFormats()).includes("qr_code")) {
      const detector = new BarcodeDetector({formats: ["qr_code"]});
      return async (canvas) => ((await detector.detect(canvas))[0] || {rawValue: ""}).rawValue;
    }
    if (!self.__Html5QrcodeLibrary__) await load(source);
    const library = self.__Html5QrcodeLibrary__;
    const formats = [library.Html5QrcodeSupportedFormats.QR_CODE];
    const {qrcode} = new library.Html5Qrcode(box.id, {formatsToSupport: formats, useBarCodeDetectorIfSupported: false});
    return (canvas) => qrcode.decodeAsync(canvas).then((found) => found.text, () => "");
  };

  Day.Scanner = class {
    constructor({box, source, found}) {
      Object.assign(this, {box, source, found});
      this.box.id = this.box.id || "camera";
      this.video = box.querySelector("video");
      this.canvas = document.createElement("canvas");
      this.stream = null;
    }

    /* Throws where there is no camera, or the reader said no. */
    async start() {
      this.read = this.read || await reader(this.source, this.box);
      this.stream = await navigator.mediaDevices.getUserMedia({video: {facingMode: "environment", width: {ideal: 1280}}, audio: false});
      this.video.srcObject = this.stream;
      await this.video.play();
      this.look();
    }

    async look() {
      for (let turn = 0; this.stream; turn++) {
        if (this.video.videoWidth) {
          this.draw(LOOKS[turn % LOOKS.length]);
          const text = await this.read(this.canvas);
          if (text && this.stream) {
            this.stop();
            await this.found(text);
            return;
          }
        }
        await new Promise((resolve) => setTimeout(resolve, PAUSE));
      }
    }

    draw({scale, tilt}) {
      const {videoWidth, videoHeight} = this.video, shown = scale * Math.min(1, WIDTH / videoWidth);
      const width = this.canvas.width = Math.round(videoWidth * shown);
      const height = this.canvas.height = Math.round(videoHeight * shown);
      const pen = this.canvas.getContext("2d", {willReadFrequently: true});
      pen.translate(width / 2, height / 2);
      pen.rotate(tilt);
      pen.drawImage(this.video, -width / 2, -height / 2, width, height);
    }

    stop() {
      if (this.stream) this.stream.getTracks().forEach((track) => track.stop());
      this.stream = null;
      this.video.srcObject = null;
    }
  };
})();
