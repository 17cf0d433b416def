/** The valid form of a parameter of AssumeRole, with a description for messages (facts/aws.md 6). */
interface Shape {
  accepts(value: string): boolean;
  /** The text after `expected` or `must be` in a message. */
  readonly expected: string;
}

/** Matches the ARN of an IAM role with its path, in any partition. */
const ROLE_ARN = /^arn:aws[a-z-]*:iam::\d{12}:role\/(?:[\x21-\x2e\x30-\x7e]+\/)*[\w+=,.@-]{1,64}$/;
const SESSION_NAME = /^[\w+=,.@-]{2,64}$/;
const EXTERNAL_ID = /^[\w+=,.@:/-]{2,1224}$/;
/** Matches the serial number of a hardware device, such as `GAHT12345678`, or the ARN of a virtual device. */
const MFA_SERIAL = /^[\w+=/:,.@-]{9,256}$/;

export const ROLE_VALUES: Readonly<Record<'roleArn' | 'externalId' | 'sessionName' | 'mfaSerial', Shape>> = {
  roleArn: {
    accepts: (value) => value.length <= 2048 && ROLE_ARN.test(value),
    expected: 'the ARN of an IAM role, such as arn:aws:iam::123456789012:role/path/name',
  },
  externalId: {
    accepts: (value) => EXTERNAL_ID.test(value),
    expected: '2 to 1224 characters: letters, digits and _+=,.@:/-',
  },
  sessionName: {
    accepts: (value) => SESSION_NAME.test(value),
    expected: '2 to 64 characters: letters, digits and _+=,.@-',
  },
  mfaSerial: {
    accepts: (value) => MFA_SERIAL.test(value),
    expected: 'the ARN of an MFA device, such as arn:aws:iam::123456789012:mfa/name, or its serial number',
  },
};
