/*! akunsub 0.1.0 | MIT */
(function(){'use strict';const D=['id','rtoken','pxl_domain','smid_param','require_gesture'];const t={tag:null};let u;function v(a,b){for(const c of D){const e=b(c);if(e!=null){a[c]=e;}}}
function E(a){if(u!==a){u=a;document.head.append(Object.assign(document.createElement('link'),{rel:'preconnect',crossOrigin:'',href:a,}));}}
function w(a){const b={smid_param:'smid'};const c=t.tag||{};if(/^http/.test(c.src)){const f=new URL(c.src);b.pxl_domain=f.origin;b.id=f.searchParams.get('id');}
v(b,(f)=>c.getAttribute&&c.getAttribute('data-ak-'+f.replace('_','-')));v(b,(f)=>a&&a[f]);const e=/^(https?:\/\/)?([^\s\/?#@]+)\/*$/i.exec(b.pxl_domain);try{b.pxl_domain=new URL((e[1]||'https://')+e[2]).origin;}catch(f){throw Error('pxl_domain');}
E(b.pxl_domain);if(!b.rtoken&&!b.id){throw Error('id');}
b.require_gesture=String(b.require_gesture)!=='false';return b;}
class AkUnsubError extends Error{constructor(a,b,c){super(b?a+': '+b:a);this.name='AkUnsubError';this.code=a;Object.assign(this,c);}}
function x(a,{action:b,smid:c,categories:e,late:f},i){const g=(d,h)=>{const k={[d]:h,action:b,smid:c,categories:e,late:f};(i&&i.isConnected?i:document).dispatchEvent(new CustomEvent('akunsub:'+d,{bubbles:true,detail:k}),);};a.then((d)=>g('result',d),(d)=>{if(!f||d.code!=='unreachable'){console.warn(d);g('error',d);}},);}
let o;function y(a){o=JSON.stringify(a.slice(-50));try{localStorage.akunsub=o;o='';return true;}catch(b){}}
function p(){try{return JSON.parse(o||localStorage.akunsub).filter((a)=>a&&Date.now()-a.made_at<7*864e5,);}catch(a){return[];}}
async function F(a,b){const c=new URLSearchParams();const e=Object.assign({v:'0.1.0'},a);e.age_ms=b&&Math.max(0,Date.now()-a.made_at);for(const j of['smid','categories','rtoken','id','request_id','replaces','age_ms','v',]){for(const q of[].concat(e[j]||[])){c.append(j,q);}}
let f=500;let i;let g;const d=new(window.AbortController||Object)();setTimeout(()=>d.signal&&d.abort(),8e3);try{const j=await fetch(a.pxl_domain+'/unsub/'+a.action,{method:'POST',body:c,keepalive:true,credentials:'omit',signal:d.signal,});f=j.status;g=j.headers.get('Retry-After');i=await j.json();}catch(j){}
const{error:h,code:k,error_text:l}=Object(i);if(h===0&&f<400){const j={};for(const q of['status','already','profile_id','categories','seconds_left',]){j[q]=i[q];}
return{final:Promise.resolve(j)};}
if(f<400&&!h||f>=500||f===408||f===429){return{retryAfterMs:g*1000||Date.parse(g)-Date.now(),};}
return{final:Promise.reject(new AkUnsubError(k==='prevented'||k==='too_late'?k:'refused',l,{error:h||f,error_text:l||''},))};}
const m={};function G({pxl_domain:a,rtoken:b,id:c},e,f){const i=Date.now();const g=JSON.stringify([a,e.smid,e.categories]);const d=Object.assign({scope:g,pxl_domain:a,rtoken:b,id:b?'':c,made_at:i,request_id:[i,Math.random(),Math.random()].join('-'),replaces:[],},e);const h=m[g];if(h&&h.action===e.action&&!h.late){return h.outcome;}
const k=p().filter((j)=>{if(j.scope!==g){return true;}
d.replaces=d.replaces.concat(j.replaces,j.request_id).slice(-20);});if(h){h.stop(z(d));}
d.saved=y(k.concat(d));const l=A(d,f);B(()=>l);return d.outcome;}
function z({pxl_domain:a,saved:b}){return new AkUnsubError('unreachable',a,{saved:!!b});}
function A(a,b){m[a.scope]=a;a.outcome=new Promise((c,e)=>{a.stop=e;H(a).then(c,e);});x(a.outcome,a,b);return a.outcome.catch(()=>0);}
async function H(a){const b=Date.now()+20e3;for(let c=500;m[a.scope]===a;c*=2){const{final:e,retryAfterMs:f}=await F(a,a.late||c>500,);const i=Math.max(f||0,Math.random()*Math.min(c,4e3),);if(e){y(p().filter((g)=>g.request_id!==a.request_id));}
if(e||Date.now()+i>b){if(m[a.scope]===a){delete m[a.scope];}
return e||Promise.reject(z(a));}
await new Promise((g)=>{setTimeout(g,i);addEventListener('online',g);addEventListener('pagehide',g);});}}
function B(a){const b=navigator.locks;(b?b.request('akunsub',{ifAvailable:true},a):Promise.reject(1)).catch(a);}
function s(){if(!document.hidden&&p()[0]){B(async(a)=>{for(const b of a?p():[]){if(!m[b.scope]){b.late=true;await A(b);}}});}}
function I(){const a=navigator.userActivation||{hasBeenActive:true};return!document.prerendering&&(a.isActive||a.hasBeenActive&&!document.hidden);}
const r=new WeakMap();class AkUnsub{constructor(a){try{r.set(this,w(a));}catch(b){const c=new AkUnsubError('config',b.message);r.set(this,c);console.warn(c);}}
confirmUnsub(a,b){return n(this,'confirm',a,b);}
cancelUnsub(a,b){return n(this,'cancel',a,b);}
static confirmUnsub(a,b){return n(new AkUnsub(),'confirm',a,b);}
static cancelUnsub(a,b){return n(new AkUnsub(),'cancel',a,b);}}
function n(a,b,c,e,f,i){const g={action:b,smid:c,categories:e};try{const d=r.get(a)||new AkUnsubError('config','this');if(d.code){throw d;}
const h=J(g);if(d.require_gesture&&(i||!I())){throw new AkUnsubError('no_gesture');}
return G(d,h,f);}catch(d){const h=Promise.reject(d.code?d:new AkUnsubError('bad_smid',d.message),);x(h,g,f);return h;}}
function J({action:a,smid:b,categories:c}){if(a!=='confirm'&&a!=='cancel'){throw new AkUnsubError('config','data-ak-unsub');}
if(typeof b!=='string'||!/^[\w.-]+$/.test(b)){throw new AkUnsubError('bad_smid',JSON.stringify(b));}
if(c==null){return{action:a,smid:b};}
const e=Array.from(new Set([].concat(c).filter(Boolean).map(String)),);if(!e.length){throw new AkUnsubError('no_categories');}
return{action:a,smid:b,categories:e};}
function C(a){const b=a.composedPath().find((l)=>l.dataset&&'akUnsub'in l.dataset,);const c=b&&b.tagName==='FORM';if(!b||c!==(a.type==='submit')||a.defaultPrevented){return;}
const e=c?b:b.form;const f=new FormData(e||undefined);const i=new AkUnsub();const g=f.get('smid')||new URLSearchParams(location.search).get(r.get(i).smid_param);const d=b.dataset.akCategories;let h;if(d!=null){h=d.split(/\s+/);}else if(e&&Array.from(e.elements).some((l)=>l.matches('[name=categories]:enabled'),)){h=f.getAll('categories');}
a.preventDefault();const k=b.dataset.akUnsub;n(i,k,g,h,b,!a.isTrusted);}
function K(a){t.tag=a;if(typeof window.AkUnsub!=='function'){window.AkUnsub=AkUnsub;addEventListener('click',C);addEventListener('submit',C);setTimeout(L);}}
function L(){try{w();}catch(a){}
for(const a of['pageshow','online','visibilitychange']){addEventListener(a,s);}
setInterval(s,30e3);if(document.readyState==='complete'){s();}}
K(document.currentScript);})();
