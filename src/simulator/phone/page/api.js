// The simulator's JSON.

export async function call(method, path, body) {
  const answer = await fetch(path, {
    method,
    headers: body ? { "Content-Type": "application/json" } : {},
    body: body && JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}`);
  return answer.status === 204 ? null : answer.json();
}

export async function upload(path, file) {
  const form = new FormData();
  form.append("file", file);
  const answer = await fetch(path, { method: "POST", body: form });
  if (!answer.ok) throw new Error(`The file was refused: ${answer.status}`);
  return answer.json();
}

export const fileAddress = (id) => `/phone/files/${encodeURIComponent(id)}`;
