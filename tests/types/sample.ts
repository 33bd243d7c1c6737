// Everything that sdk/akunsub.d.ts promises, used as a page author would.
// It is compiled under `strict`, never run.

import {
  AkUnsub as Imported,
  AkUnsubError,
  type AkUnsubCall,
  type AkUnsubErrorCode,
  type AkUnsubErrorDetail,
  type AkUnsubOptions,
  type AkUnsubResult,
  type AkUnsubResultDetail,
  type AkUnsubStatus,
} from '../../sdk/akunsub';

const options: AkUnsubOptions = {
  rtoken: 'token',
  pxl_domain: 'pxl.example.com',
  id: 'MXw3Mw==',
  smid_param: 'smid',
  require_gesture: true,
};

// The class as the classic script defines it, and as the module exports it.
const akUnsub: Imported = new AkUnsub(options);
const same: typeof Imported = AkUnsub;
new same();
new window.AkUnsub({});

async function leave(smid: string): Promise<AkUnsubStatus> {
  await akUnsub.confirmUnsub(smid);
  await akUnsub.cancelUnsub(smid, ['news']);
  await AkUnsub.confirmUnsub(smid, null);
  await AkUnsub.cancelUnsub(smid, undefined);
  const result: AkUnsubResult = await Imported.confirmUnsub(smid, ['a', 'b'] as const);
  const facts: [boolean, string, string[], number] = [
    result.already, result.profile_id, result.categories, result.seconds_left,
  ];
  console.log(facts);
  return result.status;
}

function words(error: AkUnsubError): string {
  const code: AkUnsubErrorCode = error.code;
  switch (code) {
    case 'config':
    case 'bad_smid':
    case 'no_categories':
    case 'no_gesture':
      return error.message;
    case 'unreachable':
      return error.saved ? 'later' : 'not now';
    case 'prevented':
    case 'too_late':
    case 'refused':
      return `${error.name} ${error.error ?? 0} ${error.error_text ?? ''}`;
    default: {
      // A code that this switch forgets would not be `never`.
      const forgotten: never = code;
      return forgotten;
    }
  }
}

document.addEventListener('akunsub:result', (event) => {
  const detail: AkUnsubResultDetail = event.detail;
  const call: AkUnsubCall = detail;
  const late: true | undefined = call.late;
  console.log(call.action, call.smid, call.categories, detail.result.status, late);
});
window.addEventListener('akunsub:error', (event) => {
  const detail: AkUnsubErrorDetail = event.detail;
  console.log(words(detail.error));
});
document.body.addEventListener('akunsub:result', (event) => event.detail.result);

// What must not compile.
// @ts-expect-error  smid is required
void AkUnsub.confirmUnsub();
// @ts-expect-error  categories is an array
void AkUnsub.confirmUnsub('smid', 'news');
// @ts-expect-error  no such option
new AkUnsub({ pixel: 'pxl.example.com' });
// @ts-expect-error  the endpoint's word cannot be changed into another
const status: AkUnsubStatus = 'gone';
// @ts-expect-error  made by the SDK only
new AkUnsubError();

void leave('smid');
void status;
