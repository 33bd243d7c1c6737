/*! akunsub 0.1.0 | MIT */
(function(){'use strict';const E=['id','rtoken','pxl_domain','smid_param','require_gesture'];const p={smid_param:'smid'};let u;function F(a){if(a&&/^http/.test(a.src)){const b=new URL(a.src);p.pxl_domain=b.origin;p.id=b.searchParams.get('id');}
if(a&&a.getAttribute){v(p,(b)=>a.getAttribute('data-ak-'+b.replace('_','-')));}
try{w();}catch(b){}}
function v(a,b){for(const d of E){const e=b(d);if(e!=null){a[d]=e;}}}
function G(a){if(u!==a){u=a;document.head.append(Object.assign(document.createElement('link'),{rel:'preconnect',crossOrigin:'',href:a,}));}}
function w(a){const b=Object.assign({},p);v(b,(e)=>a&&a[e]);const d=/^(https?:\/\/)?([^\s\/?#@]+)\/*$/i.exec(b.pxl_domain);try{b.pxl_domain=new URL((d[1]||'https://')+d[2]).origin;}catch(e){throw Error('pxl_domain');}
G(b.pxl_domain);if(!b.rtoken&&!b.id){throw Error('id');}
b.require_gesture=String(b.require_gesture)!=='false';return b;}
class AkUnsubError extends Error{constructor(a,b,d){super(b?a+': '+b:a);this.name='AkUnsubError';this.code=a;Object.assign(this,d);}}
function x(a,{action:b,smid:d,categories:e,late:h},i){const f=(c,g)=>{const k={[c]:g,action:b,smid:d,categories:e,late:h};(i&&i.isConnected?i:document).dispatchEvent(new CustomEvent('akunsub:'+c,{bubbles:true,detail:k}),);};a.then((c)=>f('result',c),(c)=>{if(!h||c.code!=='unreachable'){console.warn(c);f('error',c);}},);}
let q;function y(a){q=JSON.stringify(a.slice(-50));try{localStorage.akunsub=q;q='';return true;}catch(b){}}
function t(){try{return JSON.parse(q||localStorage.akunsub).filter((a)=>a&&Date.now()-a.made_at<7*864e5,);}catch(a){return[];}}
async function H(a,b){const d=new URLSearchParams();const e=Object.assign({v:'0.1.0'},a);e.age_ms=b&&Math.max(0,Date.now()-a.made_at);for(const j of['smid','categories','rtoken','id','request_id','replaces','age_ms','v',]){for(const r of[].concat(e[j]||[])){d.append(j,r);}}
let h=500;let i;let f;const c=new(window.AbortController||Object)();setTimeout(()=>c.signal&&c.abort(),8e3);try{const j=await fetch(a.pxl_domain+'/unsub/'+a.action,{method:'POST',body:d,keepalive:true,credentials:'omit',signal:c.signal,});h=j.status;f=j.headers.get('Retry-After');i=await j.json();}catch(j){}
const{error:g,code:k,error_text:l}=Object(i);if(g===0&&h<400){const j={};for(const r of['status','already','profile_id','categories','seconds_left',]){j[r]=i[r];}
return{final:Promise.resolve(j)};}
if(h<400&&!g||h>=500||h===408||h===429){return{retryAfterMs:f*1000||Date.parse(f)-Date.now(),};}
return{final:Promise.reject(new AkUnsubError(k==='prevented'||k==='too_late'?k:'refused',l,{error:g||h,error_text:l||''},))};}
const m={};function I({pxl_domain:a,rtoken:b,id:d},e,h){const i=Date.now();const f=JSON.stringify([a,e.smid,e.categories]);const c=Object.assign({scope:f,pxl_domain:a,rtoken:b,id:b?'':d,made_at:i,request_id:[i,Math.random(),Math.random()].join('-'),replaces:[],},e);const g=m[f];if(g&&g.action===e.action&&!g.late){return g.outcome;}
const k=t().filter((j)=>{if(j.scope!==f){return true;}
c.replaces=c.replaces.concat(j.replaces,j.request_id).slice(-20);});if(g){g.stop(z(c));}
c.saved=y(k.concat(c));const l=A(c,h);B(()=>l);return c.outcome;}
function z({pxl_domain:a,saved:b}){return new AkUnsubError('unreachable',a,{saved:!!b});}
function A(a,b){m[a.scope]=a;a.outcome=new Promise((d,e)=>{a.stop=e;J(a).then(d,e);});x(a.outcome,a,b);return a.outcome.catch(()=>0);}
async function J(a){const b=Date.now()+20e3;for(let d=500;m[a.scope]===a;d*=2){const{final:e,retryAfterMs:h}=await H(a,a.late||d>500,);const i=Math.max(h||0,Math.random()*Math.min(d,4e3),);if(e){y(t().filter((f)=>f.request_id!==a.request_id));}
if(e||Date.now()+i>b){if(m[a.scope]===a){delete m[a.scope];}
return e||Promise.reject(z(a));}
await new Promise((f)=>{setTimeout(f,i);addEventListener('online',f);addEventListener('pagehide',f);});}}
function B(a){const b=navigator.locks;(b?b.request('akunsub',{ifAvailable:true},a):Promise.reject(1)).catch(a);}
function n(){if(!document.hidden){B(async(a)=>{for(const b of a?t():[]){if(!m[b.scope]){b.late=true;await A(b);}}});}}
function K(){const a=navigator.userActivation||{hasBeenActive:true};return!document.prerendering&&(a.isActive||a.hasBeenActive&&!document.hidden);}
const s=new WeakMap();class AkUnsub{constructor(a){try{s.set(this,w(a));}catch(b){const d=new AkUnsubError('config',b.message);s.set(this,d);console.warn(d);}}
confirmUnsub(a,b){return o(this,'confirm',a,b);}
cancelUnsub(a,b){return o(this,'cancel',a,b);}
static confirmUnsub(a,b){return o(new AkUnsub(),'confirm',a,b);}
static cancelUnsub(a,b){return o(new AkUnsub(),'cancel',a,b);}}
function o(a,b,d,e,h,i){const f={action:b,smid:d,categories:e};try{const c=s.get(a)||new AkUnsubError('config','this');if(c.code){throw c;}
const g=L(f);if(c.require_gesture&&(i||!K())){throw new AkUnsubError('no_gesture');}
return I(c,g,h);}catch(c){const g=Promise.reject(c.code?c:new AkUnsubError('bad_smid',c.message),);x(g,f,h);return g;}}
function L({action:a,smid:b,categories:d}){if(a!=='confirm'&&a!=='cancel'){throw new AkUnsubError('config','data-ak-unsub');}
if(typeof b!=='string'||!/^[\w.-]+$/.test(b)){throw new AkUnsubError('bad_smid',JSON.stringify(b));}
if(d==null){return{action:a,smid:b};}
const e=Array.from(new Set([].concat(d).filter(Boolean).map(String)),);if(!e.length){throw new AkUnsubError('no_categories');}
return{action:a,smid:b,categories:e};}
function C(a){const b=a.composedPath().find((l)=>l.dataset&&'akUnsub'in l.dataset,);const d=b&&b.tagName==='FORM';if(!b||d!==(a.type==='submit')||a.defaultPrevented){return;}
const e=d?b:b.form;const h=new FormData(e||undefined);const i=new AkUnsub();const f=h.get('smid')||new URLSearchParams(location.search).get(s.get(i).smid_param);const c=b.dataset.akCategories;let g;if(c!=null){g=c.split(/\s+/);}else if(e&&Array.from(e.elements).some((l)=>l.matches('[name=categories]:enabled'),)){g=h.getAll('categories');}
a.preventDefault();const k=b.dataset.akUnsub;o(i,k,f,g,b,!a.isTrusted);}
const D={click:C,submit:C,pageshow:n,online:n,visibilitychange:n,};function M(a){F(a);if(typeof window.AkUnsub!=='function'){window.AkUnsub=AkUnsub;for(const b of Object.keys(D)){addEventListener(b,D[b]);}
setInterval(n,30e3);if(document.readyState==='complete'){n();}}}
M(document.currentScript);})();
