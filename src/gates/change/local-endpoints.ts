/** Whether a call goes to an imitation on this machine, which is no cloud: its own endpoint says so. Pure. */

/** Whole addresses only: neither `localhost.example.com` nor `localhost:1@example.com` is one. */
const HERE = `https?://(?:localhost|127\\.0\\.0\\.1|\\[::1\\]|localstack|host\\.docker\\.internal|localhost\\.localstack\\.cloud)(?::\\d{1,5})?(?=[/"'\\s,)\\]}]|$)`;
const OPTION = /(?:^|[\s,(["'])--(?:endpoint-url|server)["']?[\s,=]{1,3}["']?([^\s"',]{0,300})/g;
const VARIABLE =
  /(?:^|\s)AWS_ENDPOINT_URL(?:_[A-Z0-9_]{1,40})?=["']?([^\s"']{1,300})["']?(?: \w{1,60}=\S{0,200}){0,5} $/;
const PROPERTY = new RegExp(`\\bendpoint(?:_?url)?["']? ?[:=] ?["']${HERE}`, 'i');
const ADDRESS = new RegExp(`^${HERE}`, 'i');
/** Where a comment may begin. What it cuts off too much only makes a call one of the cloud. */
const COMMENT = /(?:^|[\s;])#|(?<!:)\/\/|\/\*|<!--/;

/** Of a command line: every endpoint that it names, and at least one. `before`: what stands in front of the command. */
export function isLocalCommand(command: string, before: string): boolean {
  const named = [...withoutComment(command).matchAll(OPTION)].map(([, address = '']) => address);
  const given = named.length > 0 ? named : (VARIABLE.exec(withoutComment(before))?.slice(1) ?? []);
  return given.length > 0 && given.every((address) => ADDRESS.test(address));
}

/** Of a call in code: its client is made in the same breath, with such an endpoint. */
export function isLocalCall(upToCall: string): boolean {
  return PROPERTY.test(withoutComment(upToCall));
}

function withoutComment(text: string): string {
  const start = COMMENT.exec(text)?.index;
  return start === undefined ? text : text.slice(0, start);
}
