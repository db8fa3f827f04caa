import './studio-app.ts';
