/*! akunsub 0.1.0 | MIT */
const C=['id','rtoken','pxl_domain','smid_param','require_gesture'];const o={smid_param:'smid'};let u;function D(a){if(a&&/^http/.test(a.src)){const b=new URL(a.src);o.pxl_domain=b.origin;o.id=b.searchParams.get('id');}
if(a&&a.getAttribute){v(o,(b)=>a.getAttribute('data-ak-'+b.replace('_','-')));}
try{w();}catch(b){}}
function v(a,b){for(const d of C){const e=b(d);if(e!=null){a[d]=e;}}}
function E(a){if(u!==a){u=a;document.head.append(Object.assign(document.createElement('link'),{rel:'preconnect',crossOrigin:'',href:a,}));}}
function w(a){const b=Object.assign({},o);v(b,(e)=>a&&a[e]);const d=/^(https?:\/\/)?([^\s\/?#@]+)\/*$/i.exec(b.pxl_domain);try{b.pxl_domain=new URL((d[1]||'https://')+d[2]).origin;}catch(e){throw Error('pxl_domain');}
E(b.pxl_domain);if(!b.rtoken&&!b.id){throw Error('id');}
b.require_gesture=String(b.require_gesture)!=='false';return b;}
class AkUnsubError extends Error{constructor(a,b,d){super(b?a+': '+b:a);this.name='AkUnsubError';this.code=a;Object.assign(this,d);}}
function x(a,{action:b,smid:d,categories:e,late:g},h){const i=(c,f)=>{const k={[c]:f,action:b,smid:d,categories:e,late:g};(h&&h.isConnected?h:document).dispatchEvent(new CustomEvent('akunsub:'+c,{bubbles:true,detail:k}),);};a.then((c)=>i('result',c),(c)=>{if(!g||c.code!=='unreachable'){console.warn(c);i('error',c);}},);}
let p;function y(a){p=JSON.stringify(a.slice(-50));try{localStorage.akunsub=p;p='';return true;}catch(b){}}
function s(){try{return JSON.parse(p||localStorage.akunsub).filter((a)=>a&&Date.now()-a.made_at<7*864e5,);}catch(a){return[];}}
async function F(a,b){const d=new URLSearchParams();const e=Object.assign({v:'0.1.0'},a);e.age_ms=b&&Math.max(0,Date.now()-a.made_at);for(const j of['smid','categories','rtoken','id','request_id','replaces','age_ms','v',]){for(const q of[].concat(e[j]||[])){d.append(j,q);}}
let g=500;let h;let i;const c=new(window.AbortController||Object)();setTimeout(()=>c.signal&&c.abort(),8e3);try{const j=await fetch(a.pxl_domain+'/unsub/'+a.action,{method:'POST',body:d,keepalive:true,credentials:'omit',signal:c.signal,});g=j.status;i=j.headers.get('Retry-After');h=await j.json();}catch(j){}
const{error:f,code:k,error_text:l}=Object(h);if(f===0&&g<400){const j={};for(const q of['status','already','profile_id','categories','seconds_left',]){j[q]=h[q];}
return{final:Promise.resolve(j)};}
if(g<400&&!f||g>=500||g===408||g===429){return{retryAfterMs:i*1000||Date.parse(i)-Date.now(),};}
return{final:Promise.reject(new AkUnsubError(k==='prevented'||k==='too_late'?k:'refused',l,{error:f||g,error_text:l||''},))};}
const m={};function G({pxl_domain:a,rtoken:b,id:d},e,g){const h=Date.now();const i=JSON.stringify([a,e.smid,e.categories]);const c=Object.assign({scope:i,pxl_domain:a,rtoken:b,id:b?'':d,made_at:h,request_id:[h,Math.random(),Math.random()].join('-'),replaces:[],},e);const f=m[i];if(f&&f.action===e.action&&!f.late){return f.outcome;}
const k=s().filter((j)=>{if(j.scope!==i){return true;}
c.replaces=c.replaces.concat(j.replaces,j.request_id);});if(f){f.stop(z(c));}
c.saved=y(k.concat(c));const l=A(c,g);B(()=>l);return c.outcome;}
function z({pxl_domain:a,saved:b}){return new AkUnsubError('unreachable',a,{saved:!!b});}
function A(a,b){m[a.scope]=a;a.outcome=new Promise((d,e)=>{a.stop=e;H(a).then(d,e);});x(a.outcome,a,b);return a.outcome.catch(()=>0);}
async function H(a){const b=Date.now()+20e3;for(let d=1e3;;d*=2){const{final:e,retryAfterMs:g}=await F(a,a.late||d>1e3,);const h=Math.max(g||0,Math.random()*Math.min(d,8e3),);const i=m[a.scope]!==a;if(e){y(s().filter((c)=>c.request_id!==a.request_id));}
if(e||i||Date.now()+h>b){if(!i){delete m[a.scope];}
return e||Promise.reject(z(a));}
await new Promise((c)=>{setTimeout(c,h);addEventListener('online',c);addEventListener('pagehide',c);});}}
function B(a){const b=navigator.locks;(b?b.request('akunsub',{ifAvailable:true},a):Promise.reject(1)).catch(a);}
function t(){if(!document.hidden){B(async(a)=>{for(const b of a?s():[]){if(!m[b.scope]){b.late=true;await A(b);}}});}}
function I(){for(const a of['pageshow','online','visibilitychange']){addEventListener(a,t);}
setInterval(t,30e3);if(document.readyState==='complete'){t();}}
function J(){const a=navigator.userActivation||{hasBeenActive:true};return!document.prerendering&&(a.isActive||a.hasBeenActive&&!document.hidden);}
const r=new WeakMap();class AkUnsub{constructor(a){try{r.set(this,w(a));}catch(b){const d=new AkUnsubError('config',b.message);r.set(this,d);console.warn(d);}}
confirmUnsub(a,b){return n(this,'confirm',a,b);}
cancelUnsub(a,b){return n(this,'cancel',a,b);}
static confirmUnsub(a,b){return n(new AkUnsub(),'confirm',a,b);}
static cancelUnsub(a,b){return n(new AkUnsub(),'cancel',a,b);}}
function n(a,b,d,e,g,h){const i={action:b,smid:d,categories:e};try{const c=r.get(a)||new AkUnsubError('config','this');if(c.code){throw c;}
const f=K(i);if(c.require_gesture&&(h||!J())){throw new AkUnsubError('no_gesture');}
return G(c,f,g);}catch(c){const f=Promise.reject(c.code?c:new AkUnsubError('bad_smid',c.message),);x(f,i,g);return f;}}
function K({action:a,smid:b,categories:d}){if(a!=='confirm'&&a!=='cancel'){throw new AkUnsubError('config','data-ak-unsub');}
if(typeof b!=='string'||!/^[\w.-]+$/.test(b)){throw new AkUnsubError('bad_smid',JSON.stringify(b));}
if(d==null){return{action:a,smid:b};}
const e=Array.from(new Set([].concat(d).filter(Boolean).map(String)),);if(!e.length){throw new AkUnsubError('no_categories');}
return{action:a,smid:b,categories:e};}
function L(){for(const a of['click','submit']){addEventListener(a,M);}}
function M(a){const b=a.composedPath().find((l)=>l.dataset&&'akUnsub'in l.dataset,);const d=b&&b.tagName==='FORM';if(!b||d!==(a.type==='submit')||a.defaultPrevented){return;}
const e=d?b:b.form;const g=new FormData(e||undefined);const h=new AkUnsub();const i=g.get('smid')||new URLSearchParams(location.search).get(r.get(h).smid_param);const c=b.dataset.akCategories;let f;if(c!=null){f=c.split(/\s+/);}else if(e&&Array.from(e.elements).some((l)=>l.matches('[name=categories]:enabled'),)){f=g.getAll('categories');}
a.preventDefault();const k=b.dataset.akUnsub;n(h,k,i,f,b,!a.isTrusted);}
function N(a){D(a);if(typeof window.AkUnsub!=='function'){window.AkUnsub=AkUnsub;L();I();}}
N({src:import.meta.url});export{AkUnsub,AkUnsubError};
