// A browser runs no worker from a disk. There, the script of a worker runs in a hidden frame, and gets copies
// of the messages.
if (location.protocol === "file:") {
  window.Worker = class {
    constructor(url) {
      this.frame = document.createElement("iframe");
      this.frame.hidden = true;
      this.frame.srcdoc = `<script src="${new URL(url, location.href)}"></script>`;
      this.ready = new Promise((resolve) => this.frame.addEventListener("load", resolve, { once: true }));
      this.ready.then(() => {
        this.frame.contentWindow.postMessage = (data) => this.deliver(this, data);
      });
      document.documentElement.append(this.frame);
    }

    postMessage(data) {
      this.ready.then(() => this.deliver(this.frame.contentWindow, data));
    }

    deliver(receiver, data) {
      const message = structuredClone(data);
      setTimeout(() => receiver?.onmessage?.({ data: message }));
    }

    terminate() {
      this.frame.remove();
    }
  };
}
