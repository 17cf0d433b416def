// Classifies a failure by the text that the program printed. The first match counts.

/** The failures of fedctl, by code. */
const BY_CODE = {
  'aws.credentials-missing': 'no-credentials',
  'aws.profile-unknown': 'unknown-profile',
  'aws.credentials-half-set': 'half-set',
  'aws.access-key-unknown': 'refused',
  'aws.credentials-expired': 'expired',
  'aws.sso-login-needed': 'login-needed',
  'aws.container-failed': 'container-failed',
  'aws.plaintext-refused': 'plaintext',
  'aws.region-missing': 'no-region',
  'aws.endpoint-invalid': 'endpoint-invalid',
  'sts.assume-denied': 'denied',
  'usage.unreadable-input': 'unreadable',
};

/** The failures of all programs, by text. */
const BY_TEXT = [
  ['container-failed', /container-role|^SyntaxError: .* is not valid JSON/],
  [
    'process-failed',
    /Expecting value: line 1|custom-process|credential_process|No such file or directory: '\/nonexistent\/program'/i,
  ],
  ['metadata-failed', /IMDSv1 has been disabled/],
  ['crash', /^TypeError: /],
  ['unknown-profile', /referenced in the profile/],
  ['half-set', /has no role ARN configured/],
  ['endpoint-invalid', /[Ss]ervices section|services.*does not exist/],
  ['plaintext', /Unsupported host|is not a valid container metadata service hostname|URL not accepted/],
  ['expired', /still expired/],
  [
    'login-needed',
    /Error loading SSO Token|SSO session associated|Error when retrieving (?:token|credentials) from (?:sso|Login)|aws sso login|aws login/i,
  ],
  [
    'profile-broken',
    /Infinite loop|Partial credentials found in assume-role|missing required SSO|is configured to use SSO but is missing|missing the following required|sso-session does not exist|Invalid sso|InvalidConfigError|Unsupported credential source|cycle attempting|credential_source|credential source|both source_profile/i,
  ],
  ['half-set', /Partial credentials|[Ii]ncomplete configuration|to be provided for web identity/],
  [
    'unknown-profile',
    /could not be found|Could not resolve credentials using profile|references a profile that does not exist|does not exist/,
  ],
  ['no-region', /You must specify a region|Region is missing/],
  ['file-broken', /Unable to parse config file/],
  ['denied', /AccessDenied/],
  ['refused', /InvalidClientTokenId|security token included in the request is invalid/],
  ['unreadable', /No such file or directory|ENOENT/],
  ['endpoint-invalid', /services section/],
  ['unreachable', /EAI_AGAIN|ENOTFOUND|Could not connect to the endpoint/],
  ['no-credentials', /Unable to locate credentials|Could not load credentials from any providers/],
];

/**
 * @param stderr the error output of a witness
 * @returns the kind, or the end of the text if no kind matches
 */
export function kindOf(stderr) {
  try {
    const { error } = JSON.parse(stderr);
    if (error.code === 'aws.profile-failed') {
      return /credential_process/.test(error.message) ? 'process-failed' : 'profile-broken';
    }
    return BY_CODE[error.code] ?? error.code;
  } catch {
    const [kind] = BY_TEXT.find(([, words]) => words.test(stderr)) ?? [];
    return kind ?? `? ${stderr.trim().split('\n').at(-1)?.slice(0, 160)}`;
  }
}
